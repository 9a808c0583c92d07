import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadModel, openBackend, saveModel, type TrainedModel } from "./index.ts";
import { randomDataset } from "./testing/samples.ts";

let folder: string;
let model: TrainedModel;
const dataset = randomDataset({ sequences: 3, steps: 40, inputs: 4, outputs: 2 }, 6);
const metadata = { site_id: "01022500", factor: 0.5, scaler: { mean: [1, 2], std: [0.1, 3] }, seed: 0 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-"));
  const backend = await openBackend("wasm");
  const spec = { hidden: 7, epochs: 20, learningRate: 0.02, loss: "rmse", batchSize: null } as const;
  await backend.train(spec, [{ dataset, seed: 0, lossWeights: [1, 0.5] }], (_, result) => {
    if (result instanceof Error) throw result;
    model = result;
  });
});
afterAll(() => rm(folder, { recursive: true }));

const path = (name = "trained_model") => join(folder, name);

describe("a saved model", () => {
  test("comes back as it was saved, in a folder that is made for it", async () => {
    await saveModel(path("a/b/trained_model"), model, metadata);
    expect(await loadModel(path("a/b/trained_model"))).toEqual({ model, metadata });
  });

  test("is the same bytes for the same model", async () => {
    await saveModel(path("one"), model, metadata);
    await saveModel(path("two"), model, metadata);
    for (const name of ["model.json", "weights.bin"])
      expect(await readFile(path(`one/${name}`))).toEqual(await readFile(path(`two/${name}`)));
  });

  test.each(["reference", "wasm"] as const)("predicts in TensorFlow.js what %s predicts", async (name) => {
    await saveModel(path(), model, metadata);
    const opened = await tf.loadLayersModel(fromFolder(path()));
    expect(opened.getUserDefinedMetadata()).toMatchObject({ metadata, losses: Array.from(model.losses) });
    const theirs = opened.predict(tf.tensor3d(dataset.x, [3, 40, 4])) as tf.Tensor;
    expect(theirs.shape).toEqual([3, 40, 2]);

    const backend = await openBackend(name);
    const { model: loaded } = await loadModel(path());
    let ours = new Float32Array(0);
    await backend.predict([{ model: loaded, x: dataset.x, sequences: 3, steps: 40 }], (_, result) => {
      if (result instanceof Error) throw result;
      ours = Float32Array.from(result);
    });
    const wanted = await theirs.data();
    expect(ours.length).toBe(wanted.length);
    for (let i = 0; i < ours.length; i++) expect(Math.abs(ours[i]! - wanted[i]!)).toBeLessThan(1e-5);
    expect(Math.max(...ours)).toBeGreaterThan(0.1);
  });
});

interface ModelJson {
  generatedBy: string;
  userDefinedMetadata?: { version: number; losses?: unknown; shape?: unknown };
  weightsManifest: { weights: unknown[] }[];
}

describe("a model that cannot be loaded says why", () => {
  const reason = (from: string) =>
    loadModel(from).then(
      () => "it was loaded",
      (error: Error) => error.message,
    );
  const spoilt = async (name: string, change: (content: Buffer) => Buffer | string) => {
    await saveModel(path("spoilt"), model, metadata);
    await writeFile(path(`spoilt/${name}`), change(await readFile(path(`spoilt/${name}`))));
    return reason(path("spoilt"));
  };
  const edited = (change: (file: ModelJson) => void) =>
    spoilt("model.json", (content) => {
      const file = JSON.parse(content.toString()) as ModelJson;
      change(file);
      return JSON.stringify(file);
    });

  test("when it is not there, or half of it", async () => {
    expect(await reason(path("nowhere"))).toBe(
      `Cannot load the model "${path("nowhere")}": model.json is not there\n  Train the model again.`,
    );
    await saveModel(path("half"), model, metadata);
    await rm(path("half/weights.bin"));
    expect(await reason(path("half"))).toContain("weights.bin is not there");
    expect(await reason(path("half/model.json"))).toContain("model.json is not there");
  });

  test("when it is cut off", async () => {
    const cut = "model.json is cut off or not JSON";
    expect(await spoilt("model.json", (content) => content.subarray(0, 200))).toContain(cut);
    expect(await spoilt("model.json", () => "")).toContain(cut);
    expect(await spoilt("weights.bin", (content) => content.subarray(4))).toMatch(
      /weights\.bin has \d+ bytes, not \d+/,
    );
  });

  test("when it is another program's", async () => {
    const other = "model.json is not a TensorFlow.js layers model";
    expect(await spoilt("model.json", () => "null")).toContain(other);
    expect(await spoilt("model.json", () => '{"format":"graph-model"}')).toContain(other);
    const foreign = await edited((file) => {
      file.generatedBy = "TensorFlow.js tfjs-layers v4.22.0";
      delete file.userDefinedMetadata;
    });
    expect(foreign).toContain("it is a layers model of another program");
  });

  test("when it was changed", async () => {
    const changes: [(file: ModelJson) => unknown, string][] = [
      [
        (file) => file.userDefinedMetadata!.version++,
        "its metadata are of version 2, and this program reads 1",
      ],
      [(file) => delete file.userDefinedMetadata!.losses, "its metadata are damaged"],
      [(file) => delete file.userDefinedMetadata!.shape, "its metadata are damaged"],
      [(file) => file.weightsManifest[0]!.weights.pop(), "its weights are not those of one LSTM layer"],
    ];
    for (const [change, message] of changes) expect(await edited(change)).toContain(message);
  });

  test("and one with the wrong number of parameters is not saved", async () => {
    const cut = { ...model, parameters: model.parameters.slice(1) };
    await expect(saveModel(path("cut"), cut, {})).rejects.toThrow(
      `Cannot save the model "${path("cut")}": it has`,
    );
  });
});

/** Pure TensorFlow.js opens no files: a handler that does. */
function fromFolder(from: string): tf.io.IOHandler {
  return {
    load: async () => {
      const { weightsManifest, ...artifacts } = JSON.parse(await readFile(join(from, "model.json"), "utf8"));
      const data = new Uint8Array(await readFile(join(from, weightsManifest[0].paths[0])));
      return { ...artifacts, weightSpecs: weightsManifest[0].weights, weightData: data.buffer };
    },
  };
}
