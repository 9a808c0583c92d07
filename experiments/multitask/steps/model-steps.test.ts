import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPartitions, parseRange } from "../sequences/partitions.ts";
import { batchOf, madeUpData, madeUpSites, newFolder } from "../testing/made-up-data.ts";
import { evaluatePredictions } from "./evaluate-predictions.ts";
import { makePredictions } from "./make-predictions.ts";
import { prepIoData } from "./prep-io-data.ts";
import { trainModels } from "./train-model.ts";

const variables = ["discharge_cms", "temp_c"];
const partitions = checkPartitions({
  train: [parseRange("2000-10-01..2002-09-30")],
  validation: [parseRange("2002-10-01..2003-03-31")],
});
const prepareParams = {
  variables,
  drivers: ["prcp_mm", "tmax_c"],
  partitions,
  sequence: { length: 100, warmup: 10 },
  logarithms: ["discharge_cms"],
  mask: [],
};
const training = { hidden: 2, epochs: 2, learningRate: 0.01, loss: "rmse", batchSize: null } as const;
const backend = { backend: "reference", simd: "auto", gpus: null } as const;
const evaluateParams = {
  experiment: "expA",
  variables,
  discharge: ["discharge_cms"],
  partitions,
  mask: [],
  loss: "rmse",
} as const;
const [site_id] = madeUpSites as [string];

/** One site prepared, and one model of it trained and run over its validation days; `folder` has all files. */
async function oneModel() {
  const data = madeUpData();
  const folder = newFolder();
  const at = (name: string) => join(folder, name);
  const files = { observations: join(data, "obs_file.csv"), drivers: join(data, "input_file.csv") };
  const prep = batchOf([
    {
      input: files,
      output: { prepared: at("prepped_data.npz"), excluded: at("excluded.csv") },
      wildcards: { site_id },
      params: prepareParams,
    },
  ]);
  await prepIoData(prep.batch);
  const train = batchOf([
    {
      input: at("prepped_data.npz"),
      output: at("trained_model"),
      wildcards: { site_id, factor: "1", seed: "0" },
      params: { experiment: "expA", training, ...backend },
    },
  ]);
  await trainModels(train.batch);
  expect([...prep.ended, ...train.ended]).toEqual(["done", "done"]);
  return { at, files };
}

test("models that are trained in turn say when each begins", async () => {
  const { at } = await oneModel();
  const jobs = ["1", "2", "3"].map((seed) => ({
    input: at("prepped_data.npz"),
    output: at(`model_${seed}`),
    wildcards: { site_id, factor: "1", seed },
    params: { experiment: "expA", training, ...backend },
  }));
  const { batch, began, ended } = batchOf(jobs);
  await trainModels(batch);
  expect(ended).toEqual(["done", "done", "done"]);
  expect(began).toEqual([0, 1, 2]);
});

async function predict(at: (name: string) => string, model: string, mixBackends = false) {
  const { batch, ended } = batchOf([
    {
      input: { prepared: at("prepped_data.npz"), model },
      output: at("validation_preds.csv"),
      wildcards: { partition: "validation" },
      params: { ...backend, mixBackends },
    },
  ]);
  await makePredictions(batch);
  return ended[0];
}

async function evaluate(at: (name: string) => string, observations: string) {
  const { batch, ended } = batchOf([
    {
      input: { observations, predictions: at("validation_preds.csv") },
      output: at("validation_metrics.csv"),
      wildcards: { site_id, factor: "1", seed: "0", partition: "validation" },
      params: evaluateParams,
    },
  ]);
  await evaluatePredictions(batch);
  return ended[0];
}

describe("a saved model", () => {
  test("says what it is and what its numbers mean", async () => {
    const { at } = await oneModel();
    const { loadModel } = await import("@braid/lstm");
    const { model, metadata } = await loadModel(at("trained_model"));
    expect(model.shape).toEqual({ inputs: 2, hidden: 2, outputs: 2 });
    expect(model.losses).toHaveLength(2);
    expect(metadata).toMatchObject({
      experiment: "expA",
      site: site_id,
      factor: 1,
      seed: 0,
      drivers: ["prcp_mm", "tmax_c"],
      variables,
      untrained: [],
      training,
      backend: "reference",
    });
    expect((metadata as unknown as { scaler: { x: unknown[]; y: unknown[] } }).scaler.y).toHaveLength(2);
  });

  test("of another backend is not predicted with, unless mixing is allowed", async () => {
    const { at } = await oneModel();
    mkdirSync(at("foreign"));
    for (const file of ["model.json", "weights.bin"])
      writeFileSync(at(`foreign/${file}`), readFileSync(at(`trained_model/${file}`)));
    const json = readFileSync(at("foreign/model.json"), "utf8");
    expect(json).toContain('"reference"');
    writeFileSync(at("foreign/model.json"), json.replace('"reference"', '"gpu"'));
    expect(String(await predict(at, at("foreign")))).toContain(
      'backends are mixed: it comes from "gpu", and "reference" is used beside it',
    );
    expect(await predict(at, at("foreign"), true)).toBe("done");
  });
});

describe("scores", () => {
  test("are those of the predictions in the file against the observations in theirs", async () => {
    const { at, files } = await oneModel();
    expect(await predict(at, at("trained_model"))).toBe("done");
    // Predictions that miss every observed flow by exactly 2, and are right about the temperature.
    const observed = readFileSync(files.observations, "utf8")
      .split("\n")
      .map((line) => line.split(","))
      .filter(([site, date]) => site === site_id && date! >= "2002-10-01" && date! <= "2003-03-31");
    const lines = observed.map(([site, date, q, t]) => `${site},${date},${Number(q) + 2},${t},reference\n`);
    writeFileSync(at("validation_preds.csv"), `site_id,date,discharge_cms,temp_c,backend\n${lines.join("")}`);
    expect(await evaluate(at, files.observations)).toBe("done");
    const [header, flow, temperature] = readFileSync(at("validation_metrics.csv"), "utf8")
      .split("\n")
      .map((line) => line.split(",")) as [string[], string[], string[]];
    const score = (row: string[], name: string) => Number(row[header.indexOf(name)]);
    expect(score(flow, "n_obs")).toBe(182);
    for (const name of ["rmse", "mean_bias", "bias_top", "bias_bottom"])
      expect(score(flow, name)).toBeCloseTo(2, 9);
    expect(score(flow, "alpha")).toBeCloseTo(1, 9);
    expect(score(temperature, "rmse")).toBe(0);
    expect(score(temperature, "nse")).toBe(1);
  });

  test("are refused to predictions of other days", async () => {
    const { at, files } = await oneModel();
    await predict(at, at("trained_model"));
    const text = readFileSync(at("validation_preds.csv"), "utf8");
    writeFileSync(at("validation_preds.csv"), text.replace(/^.*,2002-11-05,.*\n/m, ""));
    expect(String(await evaluate(at, files.observations))).toMatch(
      /Cannot evaluate ".*validation_preds.csv": it lacks 2002-11-05, on which "discharge_cms" was observed/,
    );
  });
});
