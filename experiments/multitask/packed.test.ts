/** The layout `packed`: other files, the same numbers. */
import { copyFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { readNpz } from "@braid/npz";
import { type RunOptions, run } from "braid-engine/run";
import { beforeAll, describe, expect, test } from "vitest";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall } from "./testing/small-experiment.ts";
import { unpackModels } from "./unpack.ts";
import workflow from "./workflow.ts";

const settings = {
  seeds: "28..31",
  evaluate: ["validation", "test"],
  statistics: { permutations: 99, resamples: 100 },
};
const data = madeUpData();

/** Runs the experiment in this process; `made` counts the jobs done, by rule. */
async function experiment(
  folder: string,
  changes: Record<string, unknown>,
  targets: readonly string[] = [],
  options: Partial<RunOptions> = {},
) {
  const rules = workflow.rules(await resolveSmall({ ...settings, ...changes }, data));
  const made: Record<string, number> = {};
  const emit = (event: { readonly kind: string; readonly rule?: string }) => {
    if (event.kind === "done") made[event.rule!] = (made[event.rule!] ?? 0) + 1;
  };
  const summary = await run({ rules, folder, slots: 2, keepGoing: true, targets, emit, ...options });
  return { summary, made };
}

const text = (folder: string, path: string) => readFileSync(join(folder, path), "utf8");
const entries = (folder: string) => readdirSync(join(folder, "expA"), { recursive: true }) as string[];
const packed = { layout: "packed" };

describe("an experiment in stores", () => {
  const files = newFolder();
  const stores = newFolder();
  beforeAll(async () => {
    const targets = ["all", "statistics", "expA/report/series/01022500.js"];
    for (const [folder, changes] of [
      [files, {}],
      [stores, packed],
    ] as const)
      expect((await experiment(folder, changes, targets)).summary).toMatchObject({
        outcome: "done",
        failed: [],
      });
  });

  test("has the same table of scores as in files, byte for byte", () => {
    expect(text(stores, "expA/overall_metrics.csv")).toBe(text(files, "expA/overall_metrics.csv"));
  });

  test("has the same statistics and series of the report", () => {
    for (const name of readdirSync(join(files, "expA/statistics")).filter((name) => /csv|md$/.test(name)))
      expect(text(stores, `expA/statistics/${name}`), name).toBe(text(files, `expA/statistics/${name}`));
    const series = "expA/report/series/01022500.js";
    expect(text(stores, series)).toBe(text(files, series));
  });

  test("takes a store for models, one a partition for predictions, one for scores, of 30 seeds each", () => {
    const own = entries(stores).filter((path) => path.startsWith("site_id_") && !path.includes("ensemble"));
    // A folder, prepared data and exclusions a site; a folder a factor; two blocks of seeds.
    expect(own).toHaveLength(2 * (3 + 2 * (1 + 2 * 4)));
    expect(own.filter((path) => path.startsWith("site_id_01022500/factor_0/")).sort()).toEqual(
      ["0-29", "30-59"]
        .flatMap((seeds) => [
          `metrics_${seeds}.csv`,
          `models_${seeds}.npz`,
          `test_preds_${seeds}.npz`,
          `validation_preds_${seeds}.npz`,
        ])
        .map((name) => `site_id_01022500/factor_0/${name}`)
        .sort(),
    );
  });

  test("opens with NumPy: seeds, parameters, losses; days and predictions", () => {
    const open = (name: string) => {
      const path = join(stores, "expA/site_id_01022500/factor_1", name);
      return readNpz(readFileSync(path), path);
    };
    const models = open("models_0-29.npz");
    expect([...(models.seeds!.data as Int32Array)]).toEqual([28, 29]);
    expect(models.losses!.shape).toEqual([2, 2]);
    expect(JSON.parse(models.record!.data[0] as string)).toMatchObject({ site: "01022500", factor: 1 });
    const predictions = open("validation_preds_0-29.npz");
    expect(predictions.predicted_temp_c!.shape).toEqual([2, 182]);
  });

  test("gives its models back as the files that the other layout has, byte for byte", async () => {
    const folder = newFolder();
    const factor = "expA/site_id_01022500/factor_1";
    expect(await unpackModels(join(stores, factor, "models_0-29.npz"), folder)).toBe(2);
    for (const name of ["rand_seed_28", "rand_seed_29"])
      for (const file of ["model.json", "weights.bin"]) {
        const path = join(name, "trained_model", file);
        expect(readFileSync(join(folder, path)).equals(readFileSync(join(files, factor, path))), path).toBe(
          true,
        );
      }
  });

  test("are unpacked where they are, and nowhere else", async () => {
    await expect(unpackModels("nowhere.npz", newFolder())).rejects.toThrow(
      'Cannot unpack "nowhere.npz": it does not exist',
    );
  });

  test("of another factor trains only that", async () => {
    const { made } = await experiment(stores, { ...packed, factors: [0, 1, 5] });
    expect(made).toEqual({
      train_model: 4,
      make_predictions: 8,
      evaluate_predictions: 4,
      combine_metrics: 1,
      all: 1,
    });
  });

  test("of more seeds trains the stores that get some, and no other", async () => {
    const { made } = await experiment(stores, { ...packed, seeds: "28..33" });
    expect(made.train_model).toBe(4);
  });
});

test("temporary predictions are gone when they are scored, and are made again for who asks later", async () => {
  for (const changes of [{ predictions: "temp" }, { predictions: "temp", ...packed }]) {
    const folder = newFolder();
    const all = { ...changes, sites: ["01022500"] };
    expect((await experiment(folder, all)).summary.outcome).toBe("done");
    const left = () =>
      entries(folder).filter((path) => /factor_.*_preds/.test(path) && !/ensemble/.test(path));
    expect(left()).toEqual([]);
    const { summary, made } = await experiment(folder, all, ["statistics"]);
    expect(summary.outcome).toBe("done");
    expect(made.train_model).toBeUndefined();
    expect(left()).toEqual([]);
    expect(existsSync(join(folder, "expA/statistics/summary.md"))).toBe(true);
  }
});

test.each([
  ["models_0-29.npz", "Cannot read models"],
  ["validation_preds_0-29.npz", "Cannot read predictions"],
])(
  "a damaged %s is made again; where it is taken as it is, its name is told, and what to do",
  async (name, message) => {
    const folder = newFolder();
    const one = { ...packed, sites: ["01022500"], factors: [0], seeds: "0..1" };
    await experiment(folder, one);
    const factor = "expA/site_id_01022500/factor_0";
    const next = name.startsWith("models") ? "validation_preds_0-29.npz" : "metrics_0-29.csv";
    // A sound archive of something else.
    copyFileSync(join(folder, "expA/site_id_01022500/prepped_data.npz"), join(folder, factor, name));
    const triggers = new Set(["mtime", "input", "params", "code"] as const);
    const { summary } = await experiment(folder, one, [`${factor}/${next}`], { triggers });
    const error = summary.failed[0]!.error;
    expect(error).toContain(message);
    expect(error.split("\n")[0]).toContain(`${factor}/${name}": it`);
    expect(error).toContain("Delete it and run again.");
    expect((await experiment(folder, one)).summary.outcome).toBe("done");
  },
);

test("models that stop early at epochs of their own are the same in both layouts, curves and all", async () => {
  const training = { epochs: 30, learningRate: 0.2, patience: 2, select: "best" };
  const [files, stores] = [newFolder(), newFolder()];
  const series = "expA/report/series/01022500.js";
  for (const [folder, changes] of [
    [files, { training }],
    [stores, { training, ...packed }],
  ] as const)
    expect((await experiment(folder, changes, ["all", series])).summary.failed).toEqual([]);
  expect(text(stores, "expA/overall_metrics.csv")).toBe(text(files, "expA/overall_metrics.csv"));
  expect(text(stores, series)).toBe(text(files, series));
  const [, deflated] = /"deflated":"([^"]+)"/.exec(text(files, series))!;
  expect(inflateRawSync(Buffer.from(deflated!, "base64")).toString()).toContain('"validation":{"0":{"low":[');
  const factor = "expA/site_id_01022500/factor_1";
  const folder = newFolder();
  await unpackModels(join(stores, factor, "models_0-29.npz"), folder);
  const epochs = ["rand_seed_28", "rand_seed_29"].map((name) => {
    const path = join(name, "trained_model/model.json");
    expect(text(folder, path)).toBe(text(files, join(factor, path)));
    return JSON.parse(text(folder, path)).userDefinedMetadata.losses.length as number;
  });
  expect(Math.max(...epochs)).toBeLessThan(30);
});
