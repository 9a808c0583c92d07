/**
 * The process that a task of a queue starts: `node runner-main.ts FOLDER RUN/ARRAY-INDEX`. It never plans;
 * it runs what the task says.
 */
import { availableParallelism } from "node:os";
import { messageOf } from "../../errors.ts";
import { workers } from "../workers.ts";
import { runTask } from "./run-task.ts";

const [folder, task] = process.argv.slice(2);
if (folder === undefined || task === undefined) {
  console.error("Usage: node runner-main.ts FOLDER RUN/ARRAY-INDEX");
  process.exit(2);
}
try {
  process.chdir(folder);
  const told = Number(process.env.BRAID_CPUS ?? process.env.SLURM_CPUS_PER_TASK);
  process.exitCode = await runTask({
    task,
    folder: process.cwd(),
    cpus: told > 0 ? told : availableParallelism(),
    executor: ({ url, resolved }) => workers(url, resolved),
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
