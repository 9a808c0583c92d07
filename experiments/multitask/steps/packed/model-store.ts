/**
 * Trained models of some seeds of one site and factor in one NumPy archive: seeds int32 or int64 [N], parameters
 * float32 [N, P], losses float64 [N, epochs], shape int32 [3] (inputs, hidden, outputs), and record, the JSON
 * text of what all of them have in common. Where they were validated also validation float64 [N, epochs, outputs] and
 * epoch int32 [N], whose parameters were kept; what follows the end of a training that stopped early is NaN. The same
 * models are the same bytes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { parameterCount, type TrainedModel } from "@braid/lstm";
import { type NpyArray, readNpz, writeNpz } from "@braid/npz";
import { cannot } from "braid-engine";
import type { ModelRecord } from "../model-record.ts";
import { seedsIn, storedSeeds } from "./stored-seeds.ts";

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
  const epochs = Math.max(...models.map(({ model }) => model.losses.length));
  const losses = new Float64Array(models.length * epochs).fill(Number.NaN);
  models.forEach(({ model }, n) => {
    parameters.set(model.parameters, n * first.parameters.length);
    losses.set(model.losses, n * epochs);
  });
  await writeFile(
    file,
    writeNpz({
      seeds: storedSeeds(models.map(({ record }) => record.seed)),
      shape: { dtype: "int32", shape: [3], data: Int32Array.of(inputs, hidden, outputs) },
      parameters: {
        dtype: "float32",
        shape: rows(first.parameters.length),
        data: parameters,
      },
      losses: {
        dtype: "float64",
        shape: rows(epochs),
        data: losses,
      },
      ...validationOf(models, epochs, outputs),
      record: { dtype: "<U", shape: [], data: [JSON.stringify(common)] },
    }),
  );
}

/** The arrays of models that were validated; none for others. */
function validationOf(
  models: readonly StoredModel[],
  epochs: number,
  outputs: number,
): Record<string, NpyArray> {
  if (models[0]!.model.validation === undefined) return {};
  const losses = new Float64Array(models.length * epochs * outputs).fill(Number.NaN);
  models.forEach(({ model }, n) => {
    losses.set(model.validation!.losses, n * epochs * outputs);
  });
  return {
    validation: { dtype: "float64", shape: [models.length, epochs, outputs], data: losses },
    epoch: {
      dtype: "int32",
      shape: [models.length],
      data: Int32Array.from(models, ({ model }) => model.validation!.epoch),
    },
  };
}

/** The models of a store by their seeds. @throws if it is no store of models, or damaged. */
export async function readModels(file: string): Promise<ReadonlyMap<number, StoredModel>> {
  const arrays = readNpz(await readFile(file), file);
  const data = <D extends NpyArray["dtype"]>(name: string, dtype: D) => {
    const array = arrays[name];
    if (array?.dtype === dtype) return array.data as Extract<NpyArray, { dtype: D }>["data"];
    throw cannot("read models", file, `it has no array "${name}" of ${dtype}`, { hint: again });
  };
  const seeds = seedsIn(arrays.seeds, file) ?? [...data("seeds", "int32")];
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
  const validated = "validation" in arrays;
  const [validation, chosen] = validated ? [data("validation", "float64"), data("epoch", "int32")] : [];
  const record = JSON.parse(data("record", "<U")[0]!) as Omit<ModelRecord, "seed"> & { seed: null };
  return new Map(
    seeds.map((seed, n) => [
      seed,
      {
        model: {
          shape,
          parameters: parameters.slice(n * P, (n + 1) * P),
          losses: trained(losses.slice(n * epochs, (n + 1) * epochs)),
          ...(validation === undefined
            ? {}
            : {
                validation: {
                  losses: trained(validation.slice(n * epochs * outputs, (n + 1) * epochs * outputs)),
                  epoch: chosen![n]!,
                },
              }),
        },
        record: { ...record, seed },
      },
    ]),
  );
}

/** Without the epochs that an early stop left out. */
const trained = (values: Float64Array) => values.filter((value) => !Number.isNaN(value));
