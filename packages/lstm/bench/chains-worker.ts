/** A thread that multiplies and adds for as many milliseconds as it is told, and says how often it went round in one. */
import { parentPort } from "node:worker_threads";
import { chainsOf } from "./peak.ts";

const run = await chainsOf("relaxed");
parentPort!.on("message", (milliseconds: number) => {
  const start = performance.now();
  let turns = 0;
  for (; performance.now() < start + milliseconds; turns++) run();
  // By the clock on the wall, so that what else the machine does counts here as it does in a training.
  parentPort!.postMessage(turns / (performance.now() - start));
});
