import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { crate } from "./crate.ts";
import { commitOf, softwareHere } from "./software.ts";

/**
 * Terms looked up in https://w3id.org/ro/crate/1.2/context (the context of 1.1 lacks `sha256`): what is not defined
 * there means nothing to a reader of JSON-LD, and is dropped.
 */
const defined = new Set(
  (
    "CreateAction CreativeWork Dataset File PropertyValue SoftwareApplication about additionalProperty " +
    "conformsTo contentSize datePublished description encodingFormat hasPart identifier instrument license " +
    "mentions name object result sha256 softwareRequirements value version"
  ).split(" "),
);

const software = { packages: { "braid-engine": "0.1.0" }, commit: "abc", platform: "v24.0.0 linux x64" };

type Entity = Readonly<Record<string, unknown>>;

const made = crate({
  name: "Experiment expA",
  description: "d",
  date: "2026-01-01",
  results: [
    { path: "statistics/tests.csv", bytes: 3, sha256: "aa" },
    { path: "overall metrics.csv", bytes: 1, sha256: "cc" },
  ],
  data: [{ path: "obs_file.csv", bytes: 4, sha256: "bb" }],
  software,
  backends: ["wasm"],
  models: 12,
}) as { "@context": unknown; "@graph": Entity[] };
const graph = made["@graph"];

test("a crate names every file with its checksum, and refers to nothing that it lacks", () => {
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

describe("by the rules of RO-Crate 1.2 a crate", () => {
  const descriptor = graph.find((entity) => entity["@id"] === "ro-crate-metadata.json")!;
  const root = graph.find((entity) => entity["@id"] === (descriptor.about as Entity)["@id"])!;

  test("has a descriptor that names the version, and a root with all that a root must have", () => {
    expect(Object.keys(made).sort()).toEqual(["@context", "@graph"]);
    expect(made["@context"]).toBe("https://w3id.org/ro/crate/1.2/context");
    expect(descriptor).toMatchObject({
      "@type": "CreativeWork",
      conformsTo: { "@id": "https://w3id.org/ro/crate/1.2" },
    });
    expect(root["@id"]).toBe("./");
    expect(root["@type"]).toBe("Dataset");
    for (const name of ["name", "description"]) expect(root[name]).toMatch(/./);
    expect(root.datePublished).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(graph.map((entity) => entity["@id"])).toContain((root.license as Entity)["@id"]);
  });

  test("is flat: an entity holds texts and numbers, and refers to others by their id alone", () => {
    for (const entity of graph) {
      expect(entity["@type"]).toMatch(/^[A-Z]\w+$/);
      for (const value of Object.values(entity).flat())
        if (typeof value === "object") expect(Object.keys(value as object)).toEqual(["@id"]);
        else expect(["string", "number"]).toContain(typeof value);
    }
  });

  test("lists each of its files as a part, by a relative reference that is a valid one", () => {
    const files = graph.filter((entity) => entity["@type"] === "File").map((entity) => entity["@id"]);
    expect((root.hasPart as Entity[]).map((part) => part["@id"])).toEqual(files);
    expect(files).toContain("overall%20metrics.csv");
    for (const id of graph.map((entity) => String(entity["@id"]))) {
      expect(() => decodeURI(id)).not.toThrow();
      expect(new URL(id, "https://crate.example/").href.endsWith(id.replace("./", ""))).toBe(true);
    }
  });

  test("uses no term that its context does not define", () => {
    const used = new Set(
      graph.flatMap((entity) => [
        String(entity["@type"]),
        ...Object.keys(entity).filter((key) => !key.startsWith("@")),
      ]),
    );
    expect([...used].filter((term) => !defined.has(term))).toEqual([]);
  });
});

test("the software is told by versions, and by its commit where there is one", async () => {
  const { packages, platform } = await softwareHere();
  expect(Object.keys(packages)).toEqual(
    expect.arrayContaining(["@braid/multitask", "braid-engine", "@braid/lstm"]),
  );
  expect(platform).toContain(process.version);
  expect(await commitOf(newFolder())).toBeNull();
});
