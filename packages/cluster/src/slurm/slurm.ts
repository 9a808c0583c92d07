/** Slurm as a queue: sbatch, one squeue for everything, one scancel. No accounting (sacct) is needed. */
import { execFile } from "node:child_process";
import { cannot, describeExit, type FileSystem, type TaskNeeds } from "braid-engine/executor";
import { type Queue, type TaskState, unknownTask } from "../queue/queue.ts";
import { arrayOf, submissionsIn } from "../queue/submissions.ts";
import { runOf } from "../queue/task.ts";
import { asSqueue } from "./jobs.ts";
import { defaultLimits, maxTimeOf, readLimits, type SlurmLimits } from "./limits.ts";
import { type SlurmSettings, settingsOf } from "./settings.ts";
import { arrayOfJob, readStates, type Signs, squeueFormat } from "./states.ts";
import { askedFor, jobName, refusal, requestOf, sbatchArguments, sbatchScript } from "./submit.ts";

/** Reads the cluster's limits; throws if Slurm's programs are missing or do not answer. */
export async function slurmQueue(settings: SlurmSettings, folder: string, files: FileSystem): Promise<Queue> {
  const submissions = submissionsIn(files);
  const signsOf = (runs: readonly string[]): Signs => ({
    names: new Map(runs.map((run) => [jobName(run), run])),
    arrays: new Map([...submissions.of(runs)].map(([array, { id }]) => [id, array])),
  });
  const limits = await clusterLimits();
  const maxTime = (needs: Pick<TaskNeeds, "rule" | "queue">) =>
    maxTimeOf(limits, settingsOf(settings, needs).partition);
  return {
    name: "slurm",
    arrayLimit: Math.min(settings.arrayLimit ?? limits.arraySize, limits.arraySize),
    submitRate: settings.submitRate ?? 0.5,
    shape(needs) {
      const { cpus, seconds } = askedFor(settings, needs, maxTime(needs));
      const lanes = Math.max(1, Math.floor(cpus / (needs.resources.threads ?? 1)));
      return { lanes, seconds: seconds ?? maxTime(needs) };
    },
    request: (needs) => requestOf(settings, needs, maxTime(needs)),
    async submit(array) {
      const context = { settings, folder, maxTime: maxTime(array) };
      const { code, stdout, stderr } = await runCommand(
        "sbatch",
        sbatchArguments(array, context),
        sbatchScript(array, context),
      );
      if (code !== 0) throw refusal(stderr);
      const id = stdout.trim().split(";")[0]!;
      submissions.note(`${array.run}/${array.number}`, { id, size: array.size });
      return id;
    },
    async states(runs) {
      const signs = signsOf(runs);
      const query = [
        "--noheader",
        "--array",
        "--states=all",
        `--name=${[...signs.names.keys()].join(",")}`,
        `--format=${squeueFormat}`,
      ];
      const { code, stdout, stderr, ended } = await runCommand("squeue", query);
      if (code !== 0) throw new Error(stderr.trim() || ended);
      return readStates(stdout, signs, stdout.includes("|CANCELLED|") ? await bootTime() : "");
    },
    async confirm(tasks) {
      const signs = signsOf([...new Set(tasks.map(runOf))]);
      const ids = new Map([...signs.arrays].map(([id, array]) => [array, id]));
      const found = new Map<string, TaskState>();
      for (const array of [...new Set(tasks.map(arrayOf))].slice(0, confirmedAtOnce)) {
        const id = ids.get(array);
        const states = id === undefined ? null : await statesOfArray(id, signs);
        for (const task of tasks)
          if (arrayOf(task) === array) found.set(task, states?.get(task) ?? unknownTask);
      }
      return found;
    },
    async cancel(runs, which = {}) {
      const names = runs.map((run) => `--name=${jobName(run)}`);
      // --quiet: a job that has ended in the meantime is not an error.
      const state = which.waiting ? ["--state=PENDING"] : [];
      if (which.tasks === undefined) {
        for (const name of names) await scancel([...state, name]);
        return;
      }
      const wanted = new Set(which.tasks);
      const { code, stdout, stderr, ended } = await runCommand("squeue", [
        "--noheader",
        "--array",
        `--name=${runs.map(jobName).join(",")}`,
        "--format=%i|%F|%K|%j|%k",
      ]);
      if (code !== 0) throw new Error(stderr.trim() || ended);
      const signs = signsOf(runs);
      const ids = stdout.split("\n").flatMap((line) => {
        const [id = "", job = "", index, name = "", ...rest] = line.split("|");
        return wanted.has(`${arrayOfJob(signs, job, name, rest.join("|"))}-${index}`) ? [id] : [];
      });
      for (let i = 0; i < ids.length; i += 1_000) await scancel(ids.slice(i, i + 1_000));
    },
  };
}

async function scancel(what: readonly string[]): Promise<void> {
  const { code, stderr, ended } = await runCommand("scancel", ["--quiet", ...what]);
  if (code !== 0) throw new Error(stderr.trim() || ended);
}

/** The most arrays to query one by one in a step; the others follow in the next steps. */
const confirmedAtOnce = 20;

/** The controller's answer about one array; empty if it does not know the array. Throws if it does not answer. */
async function statesOfArray(id: string, signs: Signs): Promise<Map<string, TaskState>> {
  const { code, stdout, stderr } = await runCommand("scontrol", ["show", "job", "--oneliner", id]);
  if (code !== 0 && /invalid job id/i.test(stderr)) return new Map();
  // An empty answer does not count, because squeue's empty answer is the reason for this query.
  if (code !== 0 || !stdout.includes("JobId="))
    throw new Error(stderr.trim() || `scontrol reports nothing about the job ${id} (exit code ${code})`);
  return readStates(asSqueue(stdout), signs, stdout.includes("JobState=CANCELLED") ? await bootTime() : "");
}

/** When the controller started, as squeue writes times; empty if unknown. */
async function bootTime(): Promise<string> {
  const { stdout } = await runCommand("scontrol", ["show", "config"]);
  return /^BOOT_TIME\s*=\s*(\S+)/m.exec(stdout)?.[1] ?? "";
}

async function clusterLimits(): Promise<SlurmLimits> {
  const config = await runCommand("scontrol", ["show", "config"]);
  if (config.code !== 0)
    throw cannot("use Slurm", "", "its controller does not answer", {
      // Its last line says why it gave up.
      facts: [["scontrol", config.stderr.trim().split("\n").at(-1) || config.ended]],
      hint: "Try `sinfo`. If it works only after `module load slurm`, run that first.",
    });
  const partitions = await runCommand("scontrol", ["show", "partition", "--oneliner"]);
  return partitions.code === 0 ? readLimits(config.stdout, partitions.stdout) : defaultLimits;
}

interface CommandResult {
  readonly code: number;
  /** The same as text. */
  readonly ended: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without the user's settings: SQUEUE_PARTITION hides tasks from squeue, and SCANCEL_INTERACTIVE makes scancel ask back. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(SQUEUE|SCANCEL)_|^SLURM_TIME_FORMAT$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** Seconds that one of Slurm's programs may take. */
const patience = 120;

/** Runs one of Slurm's programs; resolves whatever its exit code is. */
function runCommand(program: string, args: readonly string[], input = ""): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { maxBuffer: 1 << 28, timeout: patience * 1_000, env: plainEnvironment() },
      (error, stdout, stderr) => {
        if (error !== null && (error as NodeJS.ErrnoException).code === "ENOENT")
          reject(
            cannot("use Slurm", "", `there is no ${program} here`, {
              hint: "Run this on a login node of the cluster, or use another executor.",
            }),
          );
        else
          resolve({
            code: error === null ? 0 : typeof error.code === "number" ? error.code : 1,
            ended: describeExit(program, child.exitCode, child.signalCode),
            stdout,
            // It is unknown whether the command took effect.
            stderr: error?.killed
              ? `${stderr}${program} is not responding: ended after ${patience} s`
              : stderr,
          });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
