/** The choice of an epoch: by the primary on validation, and by nothing that is reported. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, loadModel, openBackend, type TrainedModel } from "@braid/lstm";
import { describe, expect, test } from "vitest";
import type { Training } from "../protocol.ts";
import { checkPartitions, parseRange } from "../sequences/partitions.ts";
import { decodePrepared, encodePrepared, type PreparedPartition } from "../sequences/prepared.ts";
import { batchOf, type MadeUpDay, madeUpData, madeUpSites, newFolder } from "../testing/made-up-data.ts";
import { prepIoData } from "./prep-io-data.ts";
import { trainModels } from "./train-model.ts";

const [site_id] = madeUpSites as [string];
const epochs = 12;
const training: Training = { hidden: 3, epochs, learningRate: 0.05, loss: "rmse", batchSize: null };
const backend = { backend: "reference", simd: "auto", gpus: null } as const;
const prepareParams = {
  variables: ["discharge_cms", "temp_c"],
  drivers: ["prcp_mm", "tmax_c"],
  partitions: checkPartitions({
    train: [parseRange("2000-10-01..2001-09-30")],
    validation: [parseRange("2002-10-01..2003-03-31")],
    test: [parseRange("2003-04-01..2003-09-30")],
  }),
  sequence: { length: 100, warmup: 10 },
  ...{ logarithms: [], mask: [] },
};

/** Prepares a site; from the first test day on, its flows are as `change` makes them. */
async function prepared(change: (q: number, i: number) => number) {
  const turned = (days: MadeUpDay[]) =>
    days.map((day, i) =>
      day.date < "2003-04-01" ? day : { ...day, q: change(Number(day.q), i).toFixed(4) },
    );
  const [data, folder] = [madeUpData(turned), newFolder()];
  const file = join(folder, "prepped_data.npz");
  const { batch, ended } = batchOf([
    {
      input: { observations: join(data, "obs_file.csv"), drivers: join(data, "input_file.csv") },
      output: { prepared: file, excluded: join(folder, "excluded.csv") },
      wildcards: { site_id },
      params: prepareParams,
    },
  ]);
  await prepIoData(batch);
  expect(ended).toEqual(["done"]);
  return file;
}

/** Trains one model by the step, and reads it. */
async function trained(input: string, changes: Partial<Training>, factor = "1") {
  const output = join(newFolder(), "trained_model");
  const params = { experiment: "expA", training: { ...training, ...changes }, ...backend };
  const { batch, ended } = batchOf([{ input, output, wildcards: { site_id, factor, seed: "0" }, params }]);
  await trainModels(batch);
  expect(ended).toEqual(["done"]);
  return { output, model: (await loadModel(output)).model };
}

/** The prepared data with test days that are what a model predicts of them. */
async function withTestDays(from: string, model: TrainedModel) {
  const made = decodePrepared(readFileSync(from), from);
  const { x, sequences, steps } = made.partitions.test!;
  let test = made.partitions.test!;
  await (await openBackend("reference")).predict([{ model, x, sequences, steps }], (_, predicted) => {
    if (predicted instanceof Error) throw predicted;
    test = { ...test, y: predicted.map((value, i) => value * test.mask[i]!) };
  });
  const file = join(newFolder(), "prepped_data.npz");
  writeFileSync(file, encodePrepared({ ...made, partitions: { ...made.partitions, test } }));
  return { file, test };
}

/** The mean squared error of the primary on a partition, in scaled units. */
async function errorOn({ x, y, mask, sequences, steps }: PreparedPartition, model: TrainedModel) {
  let sum = 0;
  await (await openBackend("reference")).predict([{ model, x, sequences, steps }], (_, predicted) => {
    if (predicted instanceof Error) throw predicted;
    for (let i = 0; i < y.length; i += 2) if (mask[i] === 1) sum += (predicted[i]! - y[i]!) ** 2;
  });
  return sum / mask.filter((m, i) => i % 2 === 0 && m === 1).length;
}

const bestOf = (errors: readonly number[]) => 1 + errors.indexOf(Math.min(...errors));
const bytes = (folder: string) =>
  ["model.json", "weights.bin"].map((name) => readFileSync(join(folder, name), "latin1"));

describe("the epoch of a model", () => {
  test("is the best on validation, though the reported partition would choose another", async () => {
    const plain = await prepared((q) => q);
    const { partitions } = decodePrepared(readFileSync(plain), plain);
    for (const factor of ["0", "1", "20"]) {
      const each: TrainedModel[] = [];
      for (let e = 1; e <= epochs; e++) each.push((await trained(plain, { epochs: e }, factor)).model);
      const errors = (partition: PreparedPartition) =>
        Promise.all(each.map((model) => errorOn(partition, model)));
      const onValidation = bestOf(await errors(partitions.validation!));
      // A trap: the test days are what the model of another epoch predicts, where it has no error at all.
      const tempting = onValidation === 3 ? 4 : 3;
      const { file, test } = await withTestDays(plain, each[tempting - 1]!);
      expect(bestOf(await errors(test))).toBe(tempting);
      const { model } = await trained(file, { select: "best" }, factor);
      expect(model.validation!.epoch).toBe(onValidation);
      expect(model.parameters).toEqual(each[onValidation - 1]!.parameters);
      expect(model.losses).toHaveLength(epochs);
    }
  });

  test("does not hang on what the reported partition holds, to the byte", async () => {
    const files = [await prepared((q) => 24 - q), await prepared((_, i) => 1 + (i % 5))];
    for (const changes of [{ select: "best" }, { patience: 2 }, { select: "best", patience: 2 }] as const) {
      const [one, other] = await Promise.all(files.map((file) => trained(file, changes)));
      expect(bytes(one!.output)).toEqual(bytes(other!.output));
    }
  });

  test("hangs on the validation days alone where it hangs on any", async () => {
    const file = await prepared((q) => q);
    const { partitions } = decodePrepared(readFileSync(file), file);
    const { sequences, steps, x, y, mask, valid } = partitions.validation!;
    const sizes = { sequences, steps, inputs: 2, outputs: 2 };
    // The auxiliary of the validation days may be anything.
    const spoilt: Dataset = {
      ...sizes,
      x,
      mask,
      valid,
      y: y.map((value, i) => (i % 2 === 1 ? 50 - value : value)),
    };
    const { train } = partitions;
    const dataset = { ...sizes, ...train!, inputs: 2, outputs: 2 };
    const reference = await openBackend("reference");
    const chosen: (number | undefined)[] = [];
    await reference.train(
      { ...training, select: "best" },
      [{ ...sizes, x, mask, valid, y }, spoilt].map((validation) => ({
        ...{ dataset, validation, seed: 0, lossWeights: [1, 20] },
      })),
      (_, result) => {
        if (result instanceof Error) throw result;
        chosen.push(result.validation!.epoch);
      },
    );
    expect(chosen[1]).toBe(chosen[0]);
  });
});

test("a site whose primary is never observed on validation days says so, and other sites go on", async () => {
  const data = madeUpData((days, site) =>
    site === site_id ? days.map((day) => (day.date >= "2002-10-01" ? { ...day, q: "" } : day)) : days,
  );
  const folder = newFolder();
  const file = (site: string) => join(folder, `${site}.npz`);
  const prep = batchOf(
    madeUpSites.map((site) => ({
      input: { observations: join(data, "obs_file.csv"), drivers: join(data, "input_file.csv") },
      output: { prepared: file(site), excluded: join(folder, `${site}.csv`) },
      wildcards: { site_id: site },
      params: prepareParams,
    })),
  );
  await prepIoData(prep.batch);
  const params = { experiment: "expA", training: { ...training, patience: 2 }, ...backend };
  const { batch, ended } = batchOf(
    madeUpSites.map((site) => ({
      ...{ input: file(site), output: join(folder, `model_${site}`), params },
      wildcards: { site_id: site, factor: "1", seed: "0" },
    })),
  );
  await trainModels(batch);
  expect(String(ended[0])).toContain(
    "Cannot train: the first output is never observed in the validation data\n  Choose validation days with observations, or train without validation.",
  );
  expect(ended[1]).toBe("done");
});
