import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall, smallExperiment } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

const entry = {
  ...smallExperiment,
  evaluate: ["validation", "test"],
  training: { epochs: 20, learningRate: 0.01 },
  // Defaults, which the tests are about.
  sequence: undefined,
  model: undefined,
};
const data = madeUpData();
const resolved = (changes: Record<string, unknown> = {}) => resolveSmall({ ...entry, ...changes }, data);
const training = (changes: Record<string, unknown>) => ({ training: { ...entry.training, ...changes } });

test("keys that a config lacks are in no job's params: what was made before these keys stays", async () => {
  const experiment = await resolved();
  expect(experiment).not.toHaveProperty("preparedBy");
  const rules = workflow.rules(experiment);
  expect((rules.train_model as { params: object }).params).toMatchObject({
    training: { hidden: 20, epochs: 20, learningRate: 0.01, loss: "rmse", batchSize: null },
  });
  const { training: own } = (rules.train_model as unknown as { params: { training: object } }).params;
  expect(Object.keys(own)).toEqual(["hidden", "epochs", "learningRate", "loss", "batchSize"]);
  const { sequence } = (rules.prep_io_data as unknown as { params: { sequence: object } }).params;
  expect(sequence).toEqual({ length: 365, warmup: 0 });
  expect(Object.keys(sequence)).toEqual(["length", "warmup"]);
  const { loss } = (rules.evaluate_predictions as unknown as { params: { loss: string } }).params;
  expect(loss).toBe("rmse");
});

test.each<[string, Record<string, unknown>]>([
  ["training.dropout", training({ dropout: 0 })],
  ["training.forgetBias", training({ forgetBias: 1 })],
  ["training.validationLoss", training({ validationLoss: false })],
  ["training.select", training({ select: "last" })],
  ["sequence.stride", { sequence: { stride: 365 } }],
  ["sequence.remainder", { sequence: { remainder: "keep" } }],
])("%s with its default is as good as absent, and makes no job anew", async (_, changes) => {
  expect(JSON.stringify(await resolved(changes))).toBe(JSON.stringify(await resolved()));
});

test("sequence.stride is kept where windows overlap, and a default goes beside other keys", async () => {
  const sequence = { length: 100, warmup: 10, remainder: "drop" };
  expect((await resolved({ sequence: { ...sequence, stride: 90 } })).prepare.sequence).toEqual(sequence);
  expect((await resolved({ sequence: { ...sequence, stride: 45 } })).prepare.sequence).toEqual({
    ...sequence,
    stride: 45,
  });
  const best = training({ select: "best", dropout: 0, validationLoss: false });
  expect((await resolved(best)).training).toEqual({
    ...(await resolved()).training,
    select: "best",
  });
});

test("keys that it has are in the params of training alone", async () => {
  const given = {
    ...{ schedule: { 10: 0.001 }, clipNorm: 1, dropout: 0.4, forgetBias: 3, loss: "mse" },
    ...{ validationLoss: true, select: "best", patience: 5 },
  };
  const experiment = await resolved(training(given));
  expect(experiment.training).toMatchObject(given);
  const rules = workflow.rules(experiment);
  // An auxiliary at factor 0 is as untrained by mse as by rmse.
  expect((rules.evaluate_predictions as unknown as { params: { loss: string } }).params.loss).toBe("rmse");
  expect(rules.prep_io_data!.params).toEqual(workflow.rules(await resolved()).prep_io_data!.params);
});

describe("a protocol that contradicts itself says why", () => {
  test.each<[string, Record<string, unknown>, string]>([
    [
      "patience without validation days",
      {
        ...training({ patience: 5 }),
        partitions: { train: "2000-10-01..2002-09-30", test: "2003-04-01..2003-09-30" },
        evaluate: ["test"],
      },
      'Cannot use "training.patience": the experiment has no validation days\n  partitions  train, test',
    ],
    [
      "the best epoch without validation days",
      {
        ...training({ select: "best" }),
        partitions: { train: "2000-10-01..2002-09-30", test: "2003-04-01..2003-09-30" },
        evaluate: ["test"],
      },
      'Cannot use "training.select: best": the experiment has no validation days',
    ],
    [
      "a validation loss without validation days",
      {
        ...training({ validationLoss: true }),
        partitions: { train: "2000-10-01..2002-09-30", test: "2003-04-01..2003-09-30" },
        evaluate: ["test"],
      },
      'Cannot use "training.validationLoss": the experiment has no validation days',
    ],
    [
      "verdicts on the days that chose the epoch",
      { ...training({ select: "best" }), evaluate: ["validation"] },
      'Cannot judge on "validation": training.select: best chose the epochs on it\n  evaluate  validation\n  Scores on days that chose the epochs are biased upwards. Score another partition: --evaluate validation test',
    ],
    [
      "verdicts on the days that stopped the training",
      { ...training({ patience: 3 }), evaluate: ["train", "validation"] },
      'Cannot judge on "validation": training.patience chose the epochs on it',
    ],
    [
      "a rate that never comes",
      training({ schedule: { 20: 0.001 } }),
      'Cannot use "training.schedule": its rate after 20 epochs is never used\n  training.epochs  20',
    ],
    [
      "a stride that skips days",
      { sequence: { length: 100, warmup: 10, stride: 91 } },
      "Cannot use sequence: its stride of 91 days skips days of train\n  days of a window without its warmup  90",
    ],
  ])("%s", async (_, changes, message) => {
    await expect(resolved(changes)).rejects.toThrow(message);
  });

  test.each<[Record<string, unknown>, string]>([
    [training({ dropout: 1 }), "dropout"],
    [training({ dropout: -0.1 }), "dropout"],
    [training({ clipNorm: -1 }), "clipNorm"],
    [training({ patience: 0 }), "patience"],
    [training({ select: "first" }), "select"],
    [training({ schedule: { 0: 0.1 } }), "schedule"],
    [training({ schedule: { 5: -0.1 } }), "schedule"],
    [{ sequence: { stride: 0 } }, "stride"],
    [{ sequence: { remainder: "cut" } }, "remainder"],
  ])("%o is no value of its key", (changes, key) => {
    const found = Config.safeParse({ data, experiments: { expA: { ...entry, ...changes } } });
    expect(found.error?.issues[0]?.path).toContain(key);
  });

  test("but scores on train and test go with any choice of epochs", async () => {
    const { evaluate } = await resolved({ ...training({ select: "best" }), evaluate: ["train", "test"] });
    expect(evaluate).toEqual(["train", "test"]);
  });
});

test("the config of the sample has river-dl's settings of the time as a variant", async () => {
  const text = readFileSync(new URL("config.yml", import.meta.url), "utf8");
  expect(text).toContain("paper_v0:");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      main,
      "--directory",
      newFolder(),
      "-n",
      "--quiet",
      "--experiment",
      "expA@paper_v0",
      "--sites",
      "01022500",
    ],
    { encoding: "utf8" },
  );
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^train_model +270$/m);
});
