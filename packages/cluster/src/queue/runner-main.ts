/**
 * The process that a task of a queue starts: `node runner-main.ts FOLDER RUN/ARRAY-INDEX`. It never plans;
 * it runs what the task says.
 */
import { availableParallelism } from "node:os";
import { inProcess, messageOf, rulesFor, workers } from "braid-engine/executor";
import { runTask } from "./run-task.ts";

const [folder, task] = process.argv.slice(2);
if (folder === undefined || task === undefined) {
  console.error("Usage: node runner-main.ts FOLDER RUN/ARRAY-INDEX");
  process.exit(2);
}
try {
  process.chdir(folder);
  const assigned = Number(process.env.BRAID_CPUS ?? process.env.SLURM_CPUS_PER_TASK);
  const cpus = assigned > 0 ? assigned : availableParallelism();
  process.exitCode = await runTask({
    task,
    folder: process.cwd(),
    cpus,
    gpus: visibleGpus(),
    async executor({ url, resolved }, call) {
      if (!call.program) return workers(url, resolved, { threads: cpus });
      return inProcess(await rulesFor(call, url, resolved), cpus);
    },
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}

/** Those that the queue gave: programs count the visible ones from 0. */
function visibleGpus(): number[] {
  const names = (process.env.CUDA_VISIBLE_DEVICES ?? "").split(",").filter((name) => name !== "");
  return names.map((_, number) => number);
}
