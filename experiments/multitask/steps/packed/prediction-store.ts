/**
 * Predictions of some seeds of one site and factor on one partition in one NumPy archive: seeds int32 or int64 [N],
 * dates datetime64[D] [D], backend (text), and predicted_<variable> float64 [N, D] in physical units, the very
 * numbers that the CSV files of the other layout show. A variable whose head was never trained has no array.
 */
import { readFile, writeFile } from "node:fs/promises";
import { formatDay } from "@braid/data/tables";
import { type NpyArray, readNpz, writeNpz } from "@braid/npz";
import { cannot } from "braid-engine";
import { type MadePredictions, written } from "../make-predictions.ts";
import type { Predictions } from "../predictions.ts";
import { seedsIn, storedSeeds } from "./stored-seeds.ts";

/** Predictions of one model of a store. */
export interface StoredPredictions extends Predictions {
  readonly seed: number;
}

const arrayOf = (variable: string) => `predicted_${variable}`;

/** Writes what models of one site and factor made of one partition. */
export async function writePredictions(file: string, made: readonly MadePredictions[]): Promise<void> {
  const [{ record, partition }] = made as [MadePredictions];
  const { variables, untrained, scaler, backend } = record;
  const V = variables.length;
  const steps = [...partition.valid.keys()].filter((step) => partition.valid[step] !== 0);
  const series = variables.flatMap((variable, v): [string, NpyArray][] => {
    if (untrained.includes(variable)) return [];
    const data = new Float64Array(made.length * steps.length);
    made.forEach(({ predicted }, n) => {
      steps.forEach((step, d) => {
        data[n * steps.length + d] = Number(written(predicted[step * V + v]!, scaler.y[v]!));
      });
    });
    return [[arrayOf(variable), { dtype: "float64", shape: [made.length, steps.length], data }]];
  });
  await writeFile(
    file,
    writeNpz({
      seeds: storedSeeds(made.map(({ record }) => record.seed)),
      dates: {
        dtype: "datetime64[D]",
        shape: [steps.length],
        data: Float64Array.from(steps, (step) => partition.dates[step]!),
      },
      backend: { dtype: "<U", shape: [], data: [backend] },
      ...Object.fromEntries(series),
    }),
  );
}

/** The predictions of a store, in the order of its seeds. @throws where it is no such store, or holds what is no number. */
export async function readPredictionStore(
  file: string,
  variables: readonly string[],
): Promise<StoredPredictions[]> {
  const arrays = readNpz(await readFile(file), file);
  const { dates, backend } = arrays;
  const seeds = seedsIn(arrays.seeds, file);
  if (seeds === null || dates?.dtype !== "datetime64[D]" || backend?.dtype !== "<U")
    throw cannot("read predictions", file, "it is not a store of predictions", {
      hint: "Delete it and run again.",
    });
  const days = dates.data;
  if (days.length === 0) throw cannot("read predictions", file, "it has no days");
  return seeds.map((seed, n) => ({
    seed,
    backend: backend.data[0]!,
    byVariable: Object.fromEntries(
      variables.map((variable) => {
        const array = arrays[arrayOf(variable)];
        if (array?.dtype !== "float64") return [variable, null];
        const values = array.data.subarray(n * days.length, (n + 1) * days.length);
        const bad = values.findIndex(Number.isNaN);
        if (bad >= 0)
          throw cannot(
            "read predictions",
            file,
            `"${variable}" of ${formatDay(days[bad]!)} is not a number (seed ${seed})`,
          );
        return [variable, new Map([...values].map((value, d) => [days[d]!, value]))];
      }),
    ),
  }));
}
