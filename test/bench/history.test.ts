import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, root } from "../support/command.ts";
import { record, versionsOf } from "./history.ts";

test("each call adds a line to the file of the version, with what the figures depend on", () => {
  const folder = join(emptyFolder(), "history");
  const day = new Date("2027-01-31T12:00:00Z");
  const entry = {
    bench: "bench engine",
    options: ["--small", "--reps", "2"],
    figures: [{ row: "no-op", ratioToNinja: 1.5 }],
  };
  const places = ["--record", folder, "--python=/usr/bin/python3", "--folder", "/somewhere"];
  const file = record(folder, { ...entry, options: [...places, ...entry.options] }, day);
  expect(record(folder, { ...entry, peers: { ninja: "1.11.1" } }, day)).toBe(file);

  const { version } = JSON.parse(readFileSync(join(root, "packages/engine/package.json"), "utf8"));
  expect(readdirSync(folder)).toEqual([`${version}.jsonl`]);
  const text = readFileSync(file, "utf8");
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({
    day: "2027-01-31",
    machine: { processor: expect.any(String), cores: expect.any(Number), node: process.versions.node },
    ...entry,
  });
  expect(lines[1].peers).toEqual({ ninja: "1.11.1" });
  // Null where git refuses the folder.
  expect(lines[0].commit ?? "0".repeat(12)).toMatch(/^[\da-f]{12}\+?$/);
  if (hostname().length > 4) expect(text).not.toContain(hostname());
});

test("a program that does not say its version is unknown", () => {
  expect(versionsOf([process.execPath, "no-such-program"])).toEqual({
    [process.execPath]: process.version,
    "no-such-program": "unknown",
  });
});

test("the folder of the releases has files of versions only", () => {
  for (const name of readdirSync(join(root, "test/bench/history")))
    if (name !== "README.md") {
      expect(name).toMatch(/^\d+\.\d+\.\d+\.jsonl$/);
      for (const line of readFileSync(join(root, "test/bench/history", name), "utf8")
        .trimEnd()
        .split("\n"))
        expect(JSON.parse(line)).toMatchObject({ bench: expect.any(String), figures: expect.any(Array) });
    }
});
