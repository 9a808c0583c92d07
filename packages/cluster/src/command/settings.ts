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
    .describe("Submits {script}, or all {scripts} at once, and prints what the queue calls it"),
  status: z
    .string()
    .min(1)
    .describe(
      "Prints the state of {id}, or a line `id state` for each of {ids} ({idlist}: with commas) or for all; nothing for what is gone",
    ),
  cancel: z.string().min(1).describe("Ends {id}, or all {ids}"),
  id: pattern
    .optional()
    .describe("What in the words of submit is the id, as a group; default: the last word"),
  busy: pattern
    .optional()
    .describe("What submit says where the queue takes nothing for now: it is asked again later"),
  pending: pattern.optional().describe("States of what has not started"),
  running: pattern.optional().describe("States of what runs; what is neither has ended"),
  set: values.optional().describe("Values for {names} in the commands: account, time, ..."),
  rules: z.record(z.string(), values).optional().describe("The same for single rules, by their names"),
  cpus: positive.int().optional().describe("CPUs of a task; default: the rule's threads"),
  limit: positive.optional().describe("Seconds that a task may take"),
  arrayLimit: positive.int().optional().describe("How many {scripts} at once, at most [100]"),
  target: z.number().min(0).optional().describe("Seconds that a task should run; 0: each job is a task"),
  poll: positive.optional().describe("Seconds between two looks at the records"),
  status_every: positive.optional().describe("Seconds between two calls of status"),
  latency: z.number().min(0).optional().describe("Seconds until what a machine writes is seen here, at most"),
  submitRate: positive.optional().describe("Calls of submit per second, at most"),
  setup: z.array(z.string()).optional().describe("Lines of shell before the runner starts: module load ..."),
  prefix: z.string().min(1).optional().describe("Put before the runner's command: apptainer exec image.sif"),
  node: z.string().min(1).optional().describe("The node program there; default: the one that runs this"),
  scratch: z.string().min(1).optional().describe("Folder on the machine to write in first: $TMPDIR"),
});
export type CommandSettings = z.output<typeof CommandSettings>;
