/**
 * Trained models of some seeds of one site and factor in one NumPy archive: seeds int32 [N], parameters
 * float32 [N, P], losses float64 [N, epochs], shape int32 [3] (inputs, hidden, outputs), and record, the JSON
 * text of what all of them have in common. The same models are the same bytes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parameterCount, type TrainedModel } from "@braid/lstm";
import { type NpyArray, readNpz, writeNpz } from "@braid/npz";
import { cannot } from "braid-engine";
import type { ModelRecord } from "../model-record.ts";

export interface StoredModel {
  readonly model: TrainedModel;
  readonly record: ModelRecord;
}

const again = "Delete it and run again.";

/** Writes models of one shape, which differ in their seed alone. */
export async function writeModels(file: string, models: readonly StoredModel[]): Promise<void> {
  const [{ model: first, record: firstRecord }] = models as [StoredModel];
  // The seed keeps its place among the keys: unpacked, a model is the same bytes as one saved by itself.
  const common = { ...firstRecord, seed: null };
  const { inputs, hidden, outputs } = first.shape;
  const rows = (length: number) => [models.length, length];
  const parameters = new Float32Array(models.length * first.parameters.length);
  const losses = new Float64Array(models.length * first.losses.length);
  models.forEach(({ model }, n) => {
    parameters.set(model.parameters, n * first.parameters.length);
    losses.set(model.losses, n * first.losses.length);
  });
  await writeFile(
    file,
    writeNpz({
      seeds: {
        dtype: "int32",
        shape: [models.length],
        data: Int32Array.from(models, ({ record }) => record.seed),
      },
      shape: { dtype: "int32", shape: [3], data: Int32Array.of(inputs, hidden, outputs) },
      parameters: {
        dtype: "float32",
        shape: rows(first.parameters.length),
        data: parameters,
      },
      losses: {
        dtype: "float64",
        shape: rows(first.losses.length),
        data: losses,
      },
      record: { dtype: "<U", shape: [], data: [JSON.stringify(common)] },
    }),
  );
}

/** The models of a store by their seeds. @throws where it is no store of models, or damaged. */
export async function readModels(file: string): Promise<ReadonlyMap<number, StoredModel>> {
  const arrays = readNpz(await readFile(file), file);
  const data = <D extends NpyArray["dtype"]>(name: string, dtype: D) => {
    const array = arrays[name];
    if (array?.dtype === dtype) return array.data as Extract<NpyArray, { dtype: D }>["data"];
    throw cannot("read models", file, `it has no array "${name}" of ${dtype}`, { hint: again });
  };
  const seeds = data("seeds", "int32");
  const [inputs = 0, hidden = 0, outputs = 0] = data("shape", "int32");
  const shape = { inputs, hidden, outputs };
  const P = parameterCount(shape);
  const parameters = data("parameters", "float32");
  const losses = data("losses", "float64");
  if (parameters.length !== P * seeds.length)
    throw cannot("read models", file, `it has ${parameters.length} parameters, not ${P * seeds.length}`, {
      hint: again,
    });
  const epochs = losses.length / seeds.length;
  const record = JSON.parse(data("record", "<U")[0]!) as Omit<ModelRecord, "seed"> & { seed: null };
  return new Map(
    [...seeds].map((seed, n) => [
      seed,
      {
        model: {
          shape,
          parameters: parameters.slice(n * P, (n + 1) * P),
          losses: losses.slice(n * epochs, (n + 1) * epochs),
        },
        record: { ...record, seed },
      },
    ]),
  );
}
