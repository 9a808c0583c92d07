/** A thread that multiplies and adds for as many milliseconds as it is told, and says at how many GFLOP/s. */
import { parentPort } from "node:worker_threads";
import { chainsOf } from "./peak.ts";

const run = await chainsOf("relaxed");
parentPort!.on("message", (milliseconds: number) => {
  let sum = 0;
  let turns = 0;
  for (const end = performance.now() + milliseconds; performance.now() < end; turns++) sum += run();
  parentPort!.postMessage(sum / turns);
});
