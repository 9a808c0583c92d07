/**
 * An array as sbatch gets it: the script, its arguments, and what its refusals mean.
 *
 * Slurm never requeues tasks: a requeued task could run beside the first one, which may still run on an unreachable node.
 * The engine makes new tasks for lost jobs.
 */
import { growthAfter, type TaskNeeds, tasksFolder } from "braid-engine/executor";
import { QueueBusy, type TaskArray } from "../queue/queue.ts";
import { taskScript } from "../queue/script.ts";
import { readMemory, readTime, writeTime } from "./amounts.ts";
import { type SlurmSettings, settingsOf } from "./settings.ts";

export interface SubmitContext {
  readonly settings: SlurmSettings;
  /** The working folder, absolute. */
  readonly folder: string;
  /** Time limit of a task, seconds; null: none. */
  readonly maxTime: number | null;
}

/** All tasks of a run have one name, chosen before the first of them is submitted: they can always be found. */
export function jobName(run: string): string {
  return `braid-${run}`;
}

/** The comment that identifies an array in squeue. */
function comment({ number, rule }: TaskArray): string {
  return `${number} ${rule}`;
}

/**
 * The resources of one task of an array: CPUs, seconds and MiB; null for Slurm's default. The engine has raised what
 * the rule asks for after failures; here the same is done for what the profile says instead.
 */
export function askedFor(
  settings: SlurmSettings,
  needs: TaskNeeds,
  maxTime: number | null,
): { cpus: number; seconds: number | null; memory: number | null } {
  const { resources } = needs;
  const own = settingsOf(settings, needs);
  const growth = growthAfter(needs.failures);
  const limit = own.time === undefined ? (resources.runtime ?? null) : readTime(own.time);
  const time = limit === null ? null : limit * (own.time === undefined ? 60 : growth.time);
  const memory = own.mem === undefined ? (resources.mem_mb ?? null) : readMemory(own.mem) * growth.memory;
  return {
    cpus: own.cpus ?? resources.threads ?? 1,
    seconds: time === null ? null : Math.min(time, maxTime ?? Number.POSITIVE_INFINITY),
    // 0 asks for all of the node's.
    memory: memory === null ? null : Math.ceil(memory),
  };
}

/** What a task asks for, by name: memory in MiB, minutes, CPUs, and the settings of the queue. */
export function requestOf(
  settings: SlurmSettings,
  needs: TaskNeeds,
  maxTime: number | null,
): Record<string, string | number> {
  const { cpus, seconds, memory } = askedFor(settings, needs, maxTime);
  const { account, partition, qos, constraint, gres, extra } = settingsOf(settings, needs);
  const request = {
    mem_mb: memory,
    runtime: seconds === null ? null : Math.round(seconds / 6) / 10,
    cpus,
    account,
    partition,
    qos,
    constraint,
    gres,
    extra: extra?.join(" "),
  };
  return Object.fromEntries(
    Object.entries(request).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, value]],
    ),
  );
}

export function sbatchArguments(array: TaskArray, { settings, folder, maxTime }: SubmitContext): string[] {
  const own = settingsOf(settings, array);
  const { cpus, seconds, memory } = askedFor(settings, array, maxTime);
  const throttle = own.throttle !== undefined && own.throttle < array.size ? `%${own.throttle}` : "";
  const gpus = own.gres === undefined && own.gpus === undefined ? array.resources.gpu : undefined;
  const maybe = (flag: string, value: string | number | null | undefined) =>
    value === undefined || value === null ? [] : [`--${flag}=${value}`];
  return [
    "--parsable",
    "--no-requeue",
    `--job-name=${jobName(array.run)}`,
    `--comment=${comment(array)}`,
    `--array=0-${array.size - 1}${throttle}`,
    `--chdir=${folder}`,
    `--output=${folder}/${tasksFolder}/${array.run}/${array.number}-%a.out`,
    "--open-mode=append",
    `--cpus-per-task=${cpus}`,
    ...maybe("account", own.account),
    ...maybe("partition", own.partition),
    ...maybe("qos", own.qos),
    ...maybe("constraint", own.constraint),
    ...maybe("time", seconds === null ? null : writeTime(seconds)),
    ...maybe("mem", memory === null ? null : `${memory}M`),
    ...maybe("gres", own.gres ?? (gpus === undefined ? undefined : `gpu:${gpus}`)),
    ...maybe("gpus", own.gpus),
    ...(own.extra ?? []),
  ];
}

/** The script of an array; sbatch reads it from its standard input. */
export function sbatchScript(array: TaskArray, { settings, folder }: SubmitContext): string {
  const { cpus } = askedFor(settings, array, null);
  return taskScript({
    ...settings,
    folder,
    cpus,
    task: `${array.run}/${array.number}-"$SLURM_ARRAY_TASK_ID"`,
  });
}

/** Interprets sbatch's refusal: QueueBusy if waiting helps, else an error that says what to change. */
export function refusal(stderr: string): Error {
  const message = stderr
    .split("\n")
    .map((line) => line.replace(/^sbatch: error: /, "").trim())
    .filter(Boolean)
    .join("\n");
  const hopeless = /time limit is invalid/i.test(message);
  if (
    !hopeless &&
    /submit limit|MaxSubmit|MaxJobs|MaxArraySize|job array|Job size|exceeds?.*(job count|limit)|Resource temporarily|AssocMax|QOSMax/i.test(
      message,
    )
  )
    return new QueueBusy(message, true);
  if (
    /Unable to contact|Socket timed out|Connection (refused|reset)|temporarily|try again|not responding|Transport endpoint|communication|Slow down|\brate limit/i.test(
      message,
    )
  )
    return new QueueBusy(message, false);
  return new Error(
    message === "" ? "sbatch failed without a message" : [message, ...fixHints(message)].join("\n"),
  );
}

/** What to change in the profile, for known messages of sbatch. */
function fixHints(message: string): string[] {
  const wrong = (
    [
      [/CPU count/i, "Ask for fewer cpus in the profile: no node has so many."],
      [/Memory specification/i, "Ask for less mem in the profile: no node has so much."],
      [/gres|generic resource/i, "Mend gres or gpus in the profile: `sinfo -o %G` lists what nodes have."],
      [/account/i, "Name another account in the profile: `sacctmgr show assoc user=$USER` lists yours."],
      [/qos/i, "Name another qos in the profile."],
      [/partition/i, "Name another partition in the profile: `sinfo -s` lists them."],
      [/time limit/i, "Ask for less time in the profile."],
    ] as const
  ).find(([words]) => words.test(message));
  return wrong === undefined ? [] : [wrong[1]];
}
