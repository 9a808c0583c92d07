/** A thread that trains one model on wasm for as many epochs as it is told. */
import { parentPort, workerData } from "node:worker_threads";
import { openBackend } from "@braid/lstm";
import { timeTraining } from "./candidates.ts";

const { dataset, hidden } = workerData;
const backend = await openBackend("wasm");
parentPort!.on("message", async (epochs: number) => {
  parentPort!.postMessage(await timeTraining(backend, dataset, hidden, 1, epochs));
});
