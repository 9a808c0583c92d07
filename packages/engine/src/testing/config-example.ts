/** A config with its folder, for tests of what is read from it and of what is refused. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import * as z from "zod";
import { loadConfig, type OptionValue } from "../config/config.ts";
import { path } from "../config/path.ts";

export const Config = z.strictObject({
  data: path().describe("The folder of the observations"),
  experiments: z.record(
    z.string(),
    z.strictObject({
      sites: z.union([z.literal("all"), z.array(z.string())]),
      factors: z.array(z.number().min(0)),
      seeds: z.union([z.string().regex(/^\d+\.\.\d+$/), z.array(z.int())]),
      partitions: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    }),
  ),
  training: z
    .strictObject({
      epochs: z.int().positive().default(100).describe("How many epochs"),
      learningRate: z.number().gt(0).optional(),
      loss: z.enum(["rmse", "nnse"]).default("rmse"),
      shuffle: z.boolean().default(false),
      batchSize: z.int().nullable().default(null),
    })
    .prefault({}),
});

export const example = `
data: ../observations
experiments:
  expA:
    sites: ["01022500"]
    factors: [0, 1, 10]
    seeds: 0..29
`;

export let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-config-"));
  mkdirSync(join(folder, "settings"));
});
afterEach(() => rmSync(folder, { recursive: true }));

export function load(
  text: string | null,
  overrides: Record<string, OptionValue> = {},
  schema: z.ZodType = Config,
) {
  if (text !== null) writeFileSync(join(folder, "settings/x.yml"), text);
  return loadConfig({
    schema,
    files: text === null ? [] : ["settings/x.yml"],
    overrides: new Map(Object.entries(overrides)),
    currentFolder: folder,
    workingFolder: folder,
    scope: (raw) => (raw.experiments?.expA ? "experiments.expA" : undefined),
    // biome-ignore lint/suspicious/noExplicitAny: each test knows its schema.
  }).config as any;
}

export function message(
  text: string | null,
  overrides: Record<string, OptionValue> = {},
  schema: z.ZodType = Config,
) {
  try {
    load(text, overrides, schema);
  } catch (error) {
    expect((error as Error).name).toBe("BraidError");
    return (error as Error).message;
  }
  throw new Error("no error was thrown");
}
