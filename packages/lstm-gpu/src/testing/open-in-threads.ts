/** Opens OpenCL in two threads at once: as a program of its own, since a driver that crashes takes all with it. */
import { isMainThread, Worker } from "node:worker_threads";
import { openGpu } from "../open.ts";

if (isMainThread) {
  const workers = [0, 1].map(() => new Worker(new URL(import.meta.url)));
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("exit", resolve))));
  console.log("both ended");
} else await openGpu({ driver: "opencl", processors: true }).catch(() => {});
