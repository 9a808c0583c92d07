/**
 * `pnpm bench slurm`: what a job costs through a real Slurm: packed, a task a job in arrays, and one sbatch a job,
 * as a plain loop submits them. The jobs do next to nothing, so all of it is overhead.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { site } from "../slurm/heads.ts";
import { type PrivateSlurm, slurmMissing, startSlurm } from "../slurm/private-slurm.ts";
import { root } from "../support/command.ts";

const help = `Usage: pnpm bench slurm [--jobs N]

  Starts a private Slurm of four nodes (8 tasks at once) on this machine and prints, for jobs that do next to
  nothing: 10 x N packed jobs, N jobs each in a task of an array, and N jobs each submitted by an sbatch of its own
  (which only starts Node).

  --jobs N   [200]
`;

interface Row {
  readonly way: string;
  readonly jobs: number;
  readonly seconds: number;
}

async function byBraid(
  slurm: PrivateSlurm,
  folder: string,
  jobs: number,
  settings: object,
  way: string,
): Promise<Row> {
  const profile = {
    executor: "slurm",
    jobs: 8,
    slurm: { poll: 0.2, status: 5, latency: 1, submitRate: 20, ...settings },
  };
  const from = performance.now();
  // As for a head that scripts/start.mjs starts.
  const env = { ...slurm.env, NODE_COMPILE_CACHE: join(root, "node_modules/.cache/braid") };
  const head = site(env, folder, "trivial.ts", ["--made", String(jobs)], profile).start();
  if ((await head.ended) !== 0) throw new Error(head.output());
  return { way, jobs, seconds: (performance.now() - from) / 1_000 };
}

/** A loop of sbatch, and squeue until nothing is left. Each job starts Node, and ends. */
function bySbatch(slurm: PrivateSlurm, folder: string, jobs: number): Row {
  const program = `--wrap=${process.execPath} -e 0`;
  const from = performance.now();
  for (let i = 0; i < jobs; i++)
    slurm.tell("sbatch", "--parsable", "--job-name=loop", `--output=${folder}/${i}.out`, program);
  while (slurm.tell("squeue", "--noheader", "--name=loop") !== "")
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  return { way: "one sbatch a job, by a loop", jobs, seconds: (performance.now() - from) / 1_000 };
}

const { values } = parseArgs({
  options: { help: { type: "boolean", short: "h" }, jobs: { type: "string", default: "200" } },
});
const jobs = Number(values.jobs);
const missing = slurmMissing();
if (values.help) console.log(help);
else if (missing !== null || !(Number.isInteger(jobs) && jobs > 0)) {
  console.error(
    missing === null ? `Cannot read "--jobs": "${values.jobs}"` : `Cannot start Slurm: ${missing}`,
  );
  process.exitCode = missing === null ? 2 : 1;
} else {
  const home = mkdtempSync(join(tmpdir(), "braid-bench-slurm-"));
  const slurm = startSlurm(join(home, "slurm"));
  try {
    const rows = [
      await byBraid(slurm, join(home, "packed"), 10 * jobs, {}, "packed into tasks (target 600 s)"),
      await byBraid(slurm, join(home, "single"), jobs, { target: 0 }, "a task a job, in arrays (target 0)"),
      bySbatch(slurm, home, jobs),
    ];
    for (const { way, jobs, seconds } of rows)
      console.log(
        `${way.padEnd(36)} ${String(jobs).padStart(6)} jobs  ${seconds.toFixed(1).padStart(6)} s  ${((1_000 * seconds) / jobs).toFixed(1).padStart(7)} ms a job`,
      );
  } finally {
    slurm.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
