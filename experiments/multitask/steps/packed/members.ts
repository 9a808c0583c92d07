/** Models and predictions of files or stores alike, one by one. */
import { loadModel, type TrainedModel } from "@braid/lstm";
import { type Predictions, readPredictions } from "../predictions.ts";
import { readModels } from "./model-store.ts";
import { readPredictionStore } from "./prediction-store.ts";

/** Predictions of one model; `name` is what messages call it. */
export interface Member extends Predictions {
  readonly name: string;
}

const isStore = (path: string) => path.endsWith(".npz");

/** The predictions in these files or stores, in their order. */
export async function readMembers(paths: readonly string[], variables: readonly string[]): Promise<Member[]> {
  const read = async (path: string): Promise<Member[]> => {
    if (!isStore(path)) return [{ name: path, ...(await readPredictions(path, variables)) }];
    const stored = await readPredictionStore(path, variables);
    return stored.map(({ seed, ...predictions }) => ({ name: `${path} (seed ${seed})`, ...predictions }));
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
