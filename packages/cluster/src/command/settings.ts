/** The profile's settings for a queue with three custom commands. */
import * as z from "zod";

const value = z.union([z.string(), z.number()]).transform(String);
const values = z.record(z.string(), value);
const positive = z.number().positive();
const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}, "it is not a regular expression");

export const CommandSettings = z.strictObject({
  submit: z
    .string()
    .min(1)
    .describe("Submits {script}, or all {scripts} at once, and prints the id of the task"),
  status: z
    .string()
    .min(1)
    .describe(
      "Prints the state of {id}, or a line `id state` for each of {ids} ({idlist}: with commas) or for all tasks; prints nothing for tasks that are gone",
    ),
  cancel: z.string().min(1).describe("Ends {id}, or all {ids}"),
  id: pattern
    .optional()
    .describe("Regular expression whose group is the id in the output of submit; default: the last word"),
  busy: pattern
    .optional()
    .describe(
      "Regular expression for the output of submit if the queue takes no tasks for now; the head submits again later",
    ),
  pending: pattern.optional().describe("States of tasks that have not started"),
  running: pattern.optional().describe("States of running tasks; a task in any other state has ended"),
  set: values.optional().describe("Values for {names} in the commands: account, time, ..."),
  rules: z.record(z.string(), values).optional().describe("The same for single rules, by their names"),
  cpus: positive.int().optional().describe("CPUs of a task; default: the rule's threads"),
  limit: positive.optional().describe("Seconds that a task may take"),
  arrayLimit: positive.int().optional().describe("Maximum number of {scripts} in one call of submit [100]"),
  target: z.number().min(0).optional().describe("Seconds that a task should run; 0: each job is a task"),
  poll: positive.optional().describe("Seconds between two reads of the records"),
  status_every: positive.optional().describe("Seconds between two calls of status"),
  latency: z
    .number()
    .min(0)
    .optional()
    .describe("Maximum delay, in seconds, until a file that a machine wrote is visible here"),
  submitRate: positive.optional().describe("Maximum number of submit calls per second"),
  setup: z.array(z.string()).optional().describe("Shell lines that a task runs first: module load ..."),
  prefix: z.string().min(1).optional().describe("Starts the runner in a container: apptainer exec image.sif"),
  node: z.string().min(1).optional().describe("The Node program there; default: the one that runs this"),
  scratch: z.string().min(1).optional().describe("Folder on the machine where jobs write first: $TMPDIR"),
});
export type CommandSettings = z.output<typeof CommandSettings>;
