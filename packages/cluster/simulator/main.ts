/** `pnpm bench slurm-simulator`: what packing, polling and the journal cost on a cluster we do not have. */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { extrapolate } from "./extrapolate.ts";
import { type SimulationFigures, type SimulationOptions, simulate } from "./simulate.ts";

const help = `Usage: pnpm bench slurm-simulator [OPTION ...]

  Runs the engine against a simulated cluster, in simulated time: the jobs of the multi-task experiment, none of
  which runs. Without --one, a table: 81,913 jobs on 400 to 10,000 slots, packed and not, 1 million jobs, and
  10 million, extrapolated from half a million and a million.

  --one              only one run, with the options below
  --sites N          sites; each has 270 models of three jobs and a preparation [101: 81,913 jobs]
  --slots N          tasks at once, as with -j [400]
  --target SECONDS   how long a task should run; 0 puts each job into a task of its own [600]
  --array N          largest array; 1 is one sbatch per task [1000]
  --submit-rate N    calls of sbatch per second [0.5]
  --train SECONDS    mean seconds of a training; predictions take a tenth of it, the rest a fiftieth [60]
  --start SECONDS    of a task before its first job [3]
  --round SECONDS    between two rounds of the cluster's scheduler [10]
  --poll SECONDS     between two looks at the records [1]
  --status SECONDS   between two calls of squeue [15]
  --file-latency MS  of a call to the shared file system [0.5]
  --node-failures X  per hour of a task [0.001]
  --preemptions X    per hour of a task [0.01]
  --failing X        share of jobs that fail [0.0001]
  --hungry X         share of jobs that need more memory than they ask for at first [0.001]
  --sbatch-timeouts X  share of calls of sbatch that time out [0.01]
  --seed N           another seed, other failures [1]
  --json             figures as JSON
`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", short: "h" },
    one: { type: "boolean" },
    json: { type: "boolean" },
    ...Object.fromEntries(
      "sites slots target array submit-rate train start round poll status file-latency node-failures preemptions failing hungry sbatch-timeouts seed"
        .split(" ")
        .map((name) => [name, { type: "string" as const }]),
    ),
  },
});
const told = values as Record<string, string | boolean | undefined>;

function number(name: string, otherwise: number): number {
  const text = told[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text === "" || !(value >= 0)) {
    console.error(`Cannot read option "--${name}": "${text}" is not a number from 0`);
    process.exit(2);
  }
  return value;
}

function optionsOf(): SimulationOptions {
  const train = number("train", 60);
  return {
    sites: number("sites", 101),
    slots: number("slots", 400),
    target: number("target", 600),
    arrayLimit: number("array", 1_000),
    submitRate: number("submit-rate", 0.5),
    seconds: {
      prep_io_data: train / 50,
      train_model: train,
      make_predictions: train / 10,
      evaluate_predictions: train / 50,
      combine_metrics: train,
    },
    startSeconds: number("start", 3),
    round: number("round", 10),
    poll: number("poll", 1),
    status: number("status", 15),
    latency: 10,
    fileLatency: number("file-latency", 0.5),
    sbatchSeconds: 0.05,
    squeueSeconds: 0.02,
    squeueSecondsPerTask: 1e-6,
    limit: 4 * 3_600,
    nodeFailures: number("node-failures", 0.001),
    preemptions: number("preemptions", 0.01),
    failing: number("failing", 0.0001),
    hungry: number("hungry", 0.001),
    sbatchTimeouts: number("sbatch-timeouts", 0.01),
    seed: number("seed", 1),
  };
}

const heads = [
  "jobs",
  "slots",
  "packing",
  "makespan h",
  "of ideal",
  "tasks",
  "sbatch",
  "squeue",
  "lost tasks",
  "failed",
  "file calls",
  "journal MB",
  "head CPU s",
  "head MB",
];

function row(packing: string, slots: number, f: SimulationFigures): string[] {
  const n = (value: number, digits = 0) =>
    value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return [
    n(f.jobs),
    n(slots),
    packing,
    n(f.makespan / 3_600, 2),
    `${n(f.makespan / f.ideal, 2)} x`,
    n(f.tasks),
    n(f.submissions),
    n(f.queries),
    n(f.lostTasks),
    n(f.failed),
    n(f.fileCalls),
    n(f.journalBytes / 1e6),
    n(f.cpu, 1),
    n(f.memory),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((each) => each[i]!.length)));
  return rows.map((each) => each.map((cell, i) => cell.padStart(widths[i]!)).join("  ")).join("\n");
}

/** One of the table's runs, in a separate process, to measure memory and CPU of this head alone. */
function apart(args: readonly string[]): SimulationFigures {
  const given = process.argv.slice(2);
  const child = spawnSync(process.execPath, [import.meta.filename, ...given, ...args, "--one", "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.status !== 0) process.exit(1);
  return JSON.parse(child.stdout) as SimulationFigures;
}

if (values.help) console.log(help);
else if (values.one) {
  const options = optionsOf();
  const figures = await simulate(options);
  console.log(
    values.json
      ? JSON.stringify(figures)
      : table([heads, row(options.target === 0 ? "none" : `${options.target} s`, options.slots, figures)]),
  );
} else {
  const rows: string[][] = [];
  const add = (packing: string, slots: number, args: readonly string[]) => {
    const figures = apart(["--slots", String(slots), ...args]);
    rows.push(row(packing, slots, figures));
    console.error(`${rows.length} of 10 runs done`);
    return figures;
  };
  for (const slots of [400, 2_000, 10_000]) add("600 s", slots, []);
  add("none", 400, ["--target", "0"]);
  add("none", 10_000, ["--target", "0"]);
  add("one sbatch each", 400, ["--target", "0", "--array", "1", "--submit-rate", "1"]);
  for (const slots of [400, 10_000]) add("600 s", slots, ["--sites", "1233"]);
  const half = add("600 s", 2_000, ["--sites", "617"]);
  const million = add("600 s", 2_000, ["--sites", "1233"]);
  rows.push(row("600 s, extrapolated", 2_000, extrapolate(half, million, 10_000_000)));
  console.log(table([heads, ...rows]));
}
