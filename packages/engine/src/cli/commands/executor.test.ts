import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { readSettings } from "./executor.ts";

const asked = {
  partition: z.string(),
  time: z.string(),
  mem: z.string(),
  cpus: z.number(),
  gres: z.string(),
  extra: z.array(z.string()),
};
const SlurmSettings = z
  .strictObject({
    ...asked,
    rules: z.record(z.string(), z.strictObject(asked).partial()),
  })
  .partial();
const CommandSettings = z.strictObject({ submit: z.string(), status: z.string(), cancel: z.string() });

function profiles(...texts: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "braid-settings-"));
  return texts.map((text, i) => {
    const path = join(folder, `${i}.yml`);
    writeFileSync(path, text);
    return path;
  });
}

test("what the later profile says comes before, key by key, in the maps inside too", () => {
  const paths = profiles(
    "slurm: { partition: cpu, time: '1:00:00', extra: [a, b], rules: { train: { gres: 'gpu:1', mem: 4G } } }\n",
    "slurm: { time: '2:00:00', extra: [c], rules: { train: { mem: 8G }, prep: { cpus: 2 } } }\n",
  );
  expect(readSettings(paths, "slurm", SlurmSettings)).toEqual({
    partition: "cpu",
    time: "2:00:00",
    extra: ["c"],
    rules: { train: { gres: "gpu:1", mem: "8G" }, prep: { cpus: 2 } },
  });
});

test("a section may be complete only in both together, or missing in one", () => {
  const paths = profiles("command: { submit: a, status: b }\n", "jobs: 2\n", "command: { cancel: c }\n");
  expect(readSettings(paths, "command", CommandSettings)).toEqual({ submit: "a", status: "b", cancel: "c" });
});

test("a mistake is told of the file that it stands in", () => {
  const paths = profiles("slurm:\n  cpus: many\n", "slurm:\n\n  parition: x\n");
  expect(() => readSettings(paths.slice(0, 1), "slurm", SlurmSettings)).toThrow(
    `Cannot read config "${paths[0]}": slurm.cpus is "many"\n`,
  );
  expect(() => readSettings(paths, "slurm", SlurmSettings)).toThrow(
    `Cannot read config "${paths[0]}": slurm.cpus`,
  );
  expect(() => readSettings(paths.slice(1), "slurm", SlurmSettings)).toThrow(
    new RegExp(`Cannot read config "${paths[1]}": .*parition.*\\n(.*\\n)*.*line +3`),
  );
});

test("an executor that needs settings asks for a profile", () => {
  expect(() => readSettings([], "command", CommandSettings)).toThrow(
    'Cannot use the executor "command": it needs a profile\n  Pass one with --profile: a YAML file with a key `command`.',
  );
  expect(readSettings([], "slurm", SlurmSettings)).toEqual({});
});
