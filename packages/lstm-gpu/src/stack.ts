/** The stack on a GPU, whatever the driver: how many models fit, and one chunk of them at a time. */
import type { Dataset } from "@braid/lstm";
import { cannot, type Stack } from "@braid/lstm/backend-kit";
import { mostModels } from "./buffers.ts";
import { beginChunk, bytesOf, type Chunk } from "./chunk.ts";
import type { Driver } from "./driver.ts";
import { unsupported } from "./layout.ts";
import { predictOn } from "./predict.ts";

/** A stack on an open device; it owns the driver. */
export function gpuStack(driver: Driver): Stack {
  let chunk: Chunk | undefined;

  function release(): void {
    chunk?.free();
    chunk = undefined;
  }
  const current = (): Chunk => {
    if (chunk === undefined) throw cannot("use the GPU", "no models were begun");
    return chunk;
  };

  return {
    name: "gpu",
    device: driver.device,
    supports: unsupported,
    fit(task, datasets) {
      // What a chunk before this one holds is given back first.
      release();
      const room = driver.memory();
      const seen = new Set<Dataset>();
      const fits = (models: number, sequences: number) => {
        const all = bytesOf(driver, task, models, { sequences, datasets: seen.size });
        return Math.max(...all) <= room.buffer && all.reduce((a, b) => a + b, 0) <= room.total;
      };
      let sequences = 0;
      let models = 0;
      for (const dataset of datasets) {
        if (!seen.has(dataset)) sequences += dataset.sequences;
        seen.add(dataset);
        if (models === mostModels || !fits(models + 1, sequences)) break;
        models++;
      }
      return models;
    },
    async begin(task, models) {
      release();
      chunk = beginChunk(driver, task, models);
    },
    step: (batches, learningRate) => current().step(batches, learningRate),
    settle: () => driver.finish(),
    async losses(from) {
      await driver.finish();
      return current().losses(from);
    },
    async parameters() {
      await driver.finish();
      return current().parameters();
    },
    async validate() {
      const chunk = current();
      chunk.validate();
      await driver.finish();
      return chunk.outputs();
    },
    async gradients() {
      await driver.finish();
      return current().gradients();
    },
    async predict(requests) {
      release();
      return predictOn(driver, requests);
    },
    dispose() {
      chunk = undefined;
      driver.dispose();
    },
  };
}
