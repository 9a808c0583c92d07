/** `pnpm exp:a:unpack STORE [FOLDER]`: the models of a store as the layout `files` has them, one folder a seed. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { saveModel } from "@braid/lstm";
import { cannot } from "braid-engine";
import { readModels } from "./steps/packed/model-store.ts";

const help = `Usage: pnpm exp:a:unpack STORE [FOLDER]

  Writes each model of STORE (models_0-29.npz of the layout packed) to FOLDER/rand_seed_N/trained_model, as
  TensorFlow.js opens it. FOLDER is the current one unless it is named.
`;

/** Writes the models of `store` below `folder`; returns how many. */
export async function unpackModels(store: string, folder: string): Promise<number> {
  if (!existsSync(store))
    throw cannot("unpack", store, "it does not exist", {
      hint: "Stores are expA/site_id_.../factor_.../models_0-29.npz of an experiment with layout: packed.",
    });
  const models = await readModels(store);
  for (const [seed, { model, record }] of models)
    await saveModel(join(folder, `rand_seed_${seed}/trained_model`), model, { ...record });
  return models.size;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [store, folder = "."] = process.argv.slice(2);
  if (store === undefined || store.startsWith("-")) {
    console.log(help);
    process.exitCode = store === "--help" || store === "-h" ? 0 : 2;
  } else {
    try {
      console.log(`${await unpackModels(store, folder)} models below ${folder}`);
    } catch (error) {
      console.error((error as Error).message);
      process.exitCode = 1;
    }
  }
}
