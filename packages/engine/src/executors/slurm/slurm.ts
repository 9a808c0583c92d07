/** Slurm as a queue: sbatch, one squeue for everything, one scancel. No accounting (sacct) is needed. */
import { execFile } from "node:child_process";
import { cannot } from "../../errors.ts";
import type { Queue } from "../queue/queue.ts";
import { defaultLimits, maxTimeOf, readLimits, type SlurmLimits } from "./limits.ts";
import { type SlurmSettings, settingsOf } from "./settings.ts";
import { readStates, squeueFormat } from "./states.ts";
import { askedFor, jobName, refusal, sbatchArguments, sbatchScript } from "./submit.ts";

/** Asks the cluster for its limits; throws where Slurm's programs are not there or do not answer. */
export async function slurmQueue(settings: SlurmSettings, folder: string): Promise<Queue> {
  const limits = await clusterLimits();
  const maxTime = (rule: string) => maxTimeOf(limits, settingsOf(settings, rule).partition);
  return {
    name: "slurm",
    arrayLimit: Math.min(settings.arrayLimit ?? limits.arraySize, limits.arraySize),
    submitRate: settings.submitRate ?? 0.5,
    shape(rule, resources) {
      const { cpus, seconds } = askedFor(settings, { rule, resources, attempt: 1 }, maxTime(rule));
      const lanes = Math.max(1, Math.floor(cpus / (resources.threads ?? 1)));
      return { lanes, seconds: seconds ?? maxTime(rule) };
    },
    async submit(array) {
      const context = { settings, folder, maxTime: maxTime(array.rule) };
      const { code, stdout, stderr } = await tell(
        "sbatch",
        sbatchArguments(array, context),
        sbatchScript(array, context),
      );
      if (code !== 0) throw refusal(stderr);
      return stdout.trim().split(";")[0]!;
    },
    async states(runs) {
      const names = new Map(runs.map((run) => [jobName(run), run]));
      const query = [
        "--noheader",
        "--array",
        "--states=all",
        `--name=${[...names.keys()].join(",")}`,
        `--format=${squeueFormat}`,
      ];
      const { code, stdout, stderr } = await tell("squeue", query);
      if (code !== 0) throw new Error(stderr.trim() || `squeue ended with exit code ${code}`);
      return readStates(stdout, names, stdout.includes("|CANCELLED|") ? await bootTime() : "");
    },
    async cancel(runs, which = {}) {
      const names = runs.map((run) => `--name=${jobName(run)}`);
      // --quiet: what has ended in the meantime is no error.
      const state = which.waiting ? ["--state=PENDING"] : [];
      if (which.tasks === undefined) {
        for (const name of names) await scancel([...state, name]);
        return;
      }
      const wanted = new Set(which.tasks);
      const { code, stdout, stderr } = await tell("squeue", [
        "--noheader",
        "--array",
        `--name=${runs.map(jobName).join(",")}`,
        "--format=%i|%j|%K|%k",
      ]);
      if (code !== 0) throw new Error(stderr.trim() || `squeue ended with exit code ${code}`);
      const runOf = new Map(runs.map((run) => [jobName(run), run]));
      const ids = stdout.split("\n").flatMap((line) => {
        const [id, name, index, ...rest] = line.split("|");
        const array = /^(\d+) /.exec(rest.join("|"))?.[1];
        return id !== undefined && wanted.has(`${runOf.get(name ?? "")}/${array}-${index}`) ? [id] : [];
      });
      for (let i = 0; i < ids.length; i += 1_000) await scancel(ids.slice(i, i + 1_000));
    },
  };
}

async function scancel(what: readonly string[]): Promise<void> {
  const { code, stderr } = await tell("scancel", ["--quiet", ...what]);
  if (code !== 0) throw new Error(stderr.trim() || `scancel ended with exit code ${code}`);
}

/** When the controller started, as squeue writes times; empty where it does not say. */
async function bootTime(): Promise<string> {
  const { stdout } = await tell("scontrol", ["show", "config"]);
  return /^BOOT_TIME\s*=\s*(\S+)/m.exec(stdout)?.[1] ?? "";
}

async function clusterLimits(): Promise<SlurmLimits> {
  const config = await tell("scontrol", ["show", "config"]);
  if (config.code !== 0)
    throw cannot("use Slurm", "", "its controller does not answer", {
      facts: [["scontrol", config.stderr.trim().split("\n")[0] ?? ""]],
      hint: "Try `sinfo`. Where it works only after `module load slurm`, do that first.",
    });
  const partitions = await tell("scontrol", ["show", "partition", "--oneliner"]);
  return partitions.code === 0 ? readLimits(config.stdout, partitions.stdout) : defaultLimits;
}

interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without the habits of a person: with SQUEUE_PARTITION squeue is silent of other tasks, with SCANCEL_INTERACTIVE scancel asks back. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const own = /^(SQUEUE|SCANCEL)_|^SLURM_TIME_FORMAT$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}

/** Seconds that one of Slurm's programs may take. */
const patience = 120;

/** Runs one of Slurm's programs; resolves whatever its exit code is. */
function tell(program: string, args: readonly string[], input = ""): Promise<Told> {
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
            stdout,
            // Whether it has done what it was asked for, nobody can say.
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
