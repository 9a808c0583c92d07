/** Models and predictions of files or stores alike, one by one. */
import { loadModel, type TrainedModel } from "@braid/lstm";
import { type Predictions, readPredictions } from "../predictions.ts";
import { readModels } from "./model-store.ts";
import { readPredictionStore } from "./prediction-store.ts";

/** Predictions of one model; `name` is what messages call it. */
export interface Member extends Predictions {
  readonly name: string;
  readonly seed: number;
}

const isStore = (path: string) => path.endsWith(".npz");

/**
 * The ends of paths: .../factor_1/rand_seed_3/test_preds.csv, .../factor_1/test_preds_0-29.npz; of a site of a unit
 * .../factor_1/rand_seed_3/test_preds/test_preds_01022500.csv.
 */
const ends =
  /\/factor_([^/]+)\/(?:rand_seed_(\d+)\/([a-z]+)_preds(?:\/[a-z]+_preds_[^/]+)?\.csv|([a-z]+)_preds_([\d-]+)\.npz)$/;

/** Files of the same model, or stores of the same models: a path by partition. */
export interface ModelFiles {
  readonly factor: number;
  readonly paths: ReadonlyMap<string, string>;
}

/** Paths of predictions by model or store, in order of appearance. */
export function groupByModel(paths: readonly string[]): ModelFiles[] {
  const groups = new Map<string, { readonly factor: number; readonly paths: Map<string, string> }>();
  for (const path of paths) {
    const [, factor, seed, ofModel, ofStore, seeds] = ends.exec(path)!;
    const key = `${factor}/${seed ?? seeds}`;
    const group = groups.get(key) ?? { factor: Number(factor), paths: new Map<string, string>() };
    groups.set(key, group);
    group.paths.set((ofModel ?? ofStore)!, path);
  }
  return [...groups.values()];
}

/** The predictions in these files or stores, in their order. */
export async function readMembers(paths: readonly string[], variables: readonly string[]): Promise<Member[]> {
  const read = async (path: string): Promise<Member[]> => {
    if (!isStore(path)) {
      const seed = Number(ends.exec(path)?.[2]);
      return [{ name: path, seed, ...(await readPredictions(path, variables)) }];
    }
    const stored = await readPredictionStore(path, variables);
    return stored.map((model) => ({ name: `${path} (seed ${model.seed})`, ...model }));
  };
  return (await Promise.all(paths.map(read))).flat();
}

/** The models in these folders or stores, in their order. */
export async function readAllModels(paths: readonly string[]): Promise<TrainedModel[]> {
  const read = async (path: string) =>
    isStore(path)
      ? [...(await readModels(path)).values()].map(({ model }) => model)
      : [(await loadModel(path)).model];
  return (await Promise.all(paths.map(read))).flat();
}
