/** The profile's settings for a Slurm cluster, for all rules and for single ones. */
import type { TaskNeeds } from "braid-engine/executor";
import * as z from "zod";
import { readMemory, readTime } from "./amounts.ts";

const text = z.union([z.string().min(1), z.number()]).transform(String);
const time = text.refine(reads(readTime), "it is not a time: 30 (minutes), 2:00:00 or 1-12 (days-hours)");
const memory = text.refine(reads(readMemory), "it is not a memory size: 4G, or 500 (MiB)");
const positive = z.number().positive();

const resourceOptions = {
  account: text.optional().describe("The account to charge (sbatch --account)"),
  partition: text.optional().describe("Slurm partition"),
  qos: text.optional().describe("Quality of service"),
  time: time.optional().describe("Time limit of a task, as sbatch reads it: 30 (minutes), 2:00:00, 1-12"),
  mem: memory
    .optional()
    .describe("Memory of a task: 4G; its next attempt gets twice, then three times as much"),
  cpus: positive.int().optional().describe("CPUs of a task; default: the rule's threads"),
  constraint: text.optional().describe("Features that nodes must have: ib&avx512"),
  gres: text.optional().describe("Generic resources: gpu:1"),
  gpus: text.optional().describe("GPUs of a task (sbatch --gpus)"),
  extra: z.array(text).optional().describe("Any further arguments of sbatch"),
  throttle: positive.int().optional().describe("Maximum number of tasks of an array that run at once"),
};

export const SlurmRule = z.strictObject(resourceOptions);
export type SlurmRule = z.output<typeof SlurmRule>;

export const SlurmSettings = z.strictObject({
  ...resourceOptions,
  target: z
    .number()
    .min(0)
    .optional()
    .describe("Seconds that a task should run: short jobs are packed into one task; 0: each job is a task"),
  poll: positive.optional().describe("Seconds between two reads of the records"),
  status: positive.optional().describe("Seconds between two calls of squeue"),
  latency: z
    .number()
    .min(0)
    .optional()
    .describe("Maximum delay, in seconds, until a file that a node wrote is visible here"),
  submitRate: positive.optional().describe("Maximum number of sbatch calls per second"),
  arrayLimit: positive
    .int()
    .optional()
    .describe("Maximum number of tasks in an array; default: the cluster's MaxArraySize"),
  setup: z.array(z.string()).optional().describe("Shell lines that a task runs first: module load ..."),
  prefix: text.optional().describe("Starts the runner in a container: apptainer exec image.sif"),
  node: text.optional().describe("The Node program on the cluster; default: the one that runs this"),
  scratch: text.optional().describe("Folder on the node where jobs write first: $TMPDIR"),
  rules: z.record(z.string(), SlurmRule).optional().describe("The same for single rules, by their names"),
});
export type SlurmSettings = z.output<typeof SlurmSettings>;

function reads(read: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      read(text);
      return true;
    } catch {
      return false;
    }
  };
}

/**
 * The settings of one rule's tasks: what the workflow says in the rule's `queue` overrides the general settings of the
 * profile, and what the profile says of the rule overrides both.
 */
export function settingsOf(settings: SlurmSettings, { rule, queue }: Pick<TaskNeeds, "rule" | "queue">) {
  const { set: _, extra, ...words } = queue ?? {};
  const own = extra === undefined ? words : { ...words, extra: [...extra] };
  return { ...settings, ...own, ...settings.rules?.[rule] } satisfies SlurmRule;
}
