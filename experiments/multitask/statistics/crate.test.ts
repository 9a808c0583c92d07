import { expect, test } from "vitest";
import { newFolder } from "../testing.ts";
import { crate } from "./crate.ts";
import { commitOf, softwareHere } from "./software.ts";

const software = { packages: { "@braid/engine": "0.1.0" }, commit: "abc", platform: "v24.0.0 linux x64" };

test("a crate names every file with its checksum, and refers to nothing that it lacks", () => {
  const made = crate({
    name: "Experiment expA",
    description: "d",
    date: "2026-01-01",
    results: [{ path: "statistics/tests.csv", bytes: 3, sha256: "aa" }],
    data: [{ path: "obs_file.csv", bytes: 4, sha256: "bb" }],
    software,
    backends: ["wasm"],
    models: 12,
  }) as { "@graph": Record<string, unknown>[] };
  const graph = made["@graph"];
  const ids = new Set(graph.map((entity) => entity["@id"]));
  expect(ids.size).toBe(graph.length);
  const referred = [...JSON.stringify(graph).matchAll(/\{"@id":"([^"]+)"\}/g)].map(([, id]) => id!);
  expect(referred.filter((id) => !ids.has(id) && !id.startsWith("https://"))).toEqual([]);
  const entity = (id: string) => graph.find((one) => one["@id"] === id);
  expect(entity("ro-crate-metadata.json")).toMatchObject({ about: { "@id": "./" } });
  expect(entity("./")).toMatchObject({ "@type": "Dataset", datePublished: "2026-01-01" });
  expect(entity("statistics/tests.csv")).toMatchObject({
    "@type": "File",
    sha256: "aa",
    encodingFormat: "text/csv",
  });
  expect(entity("#data-obs_file.csv")).toMatchObject({ sha256: "bb", contentSize: "4" });
  expect(entity("#backend-wasm")).toMatchObject({ value: "wasm" });
  expect(entity("#braid")).toMatchObject({ version: "0.1.0", identifier: "git:abc" });
});

test("the software is told by versions, and by its commit where there is one", async () => {
  const { packages, platform } = await softwareHere();
  expect(Object.keys(packages)).toEqual(
    expect.arrayContaining(["@braid/multitask", "@braid/engine", "@braid/lstm"]),
  );
  expect(platform).toContain(process.version);
  expect(await commitOf(newFolder())).toBeNull();
});
