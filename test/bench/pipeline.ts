/**
 * Models per second of the whole pipeline on the synthetic sample, and the share of it that is not training:
 * `pnpm bench pipeline`. The same models are trained once more with nothing around the trainer, in as many
 * threads, in turn with the pipeline, so that a noisy machine disturbs both. `--slice` is one site of the 101 with
 * everything that a site costs: what it takes, 101 times, is what the whole experiment takes at the most.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { median } from "braid-engine/quantities";
import { experiment } from "../support/command.ts";
import { record } from "./history.ts";
import { sampleSites } from "./sample-sites.ts";
import type { TrainOnly } from "./train-only.ts";

const usage = `Usage: pnpm bench pipeline [--slice] [--sites N] [--seeds N] [--epochs N] [--rounds N] [--threads N] [--backend wasm] [--record DIR]

Trains sites x 9 factors x seeds models of the sample (20 units) with the whole pipeline, and again with the trainer
alone. Prints the models per second of both, the share of the pipeline's time that is not training, and the time of the
whole experiment (27,270 models) at that pace. --slice runs a hundredth of the experiment: one of the 101 sites, every
step, 100 epochs, one round. --record DIR also appends the figures to DIR/VERSION.jsonl, as releases do: --record test/bench/history`;

const { values } = parseArgs({
  options: {
    slice: { type: "boolean", default: false },
    sites: { type: "string", default: "2" },
    seeds: { type: "string", default: "30" },
    epochs: { type: "string", default: "100" },
    rounds: { type: "string", default: "3" },
    threads: { type: "string", default: "2" },
    backend: { type: "string", default: "wasm" },
    record: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) console.log(usage);
else await bench();

async function bench(): Promise<void> {
  const [siteCount, seeds, epochs, rounds, threads] = [
    values.slice ? 1 : values.sites,
    values.slice ? 30 : values.seeds,
    values.slice ? 100 : values.epochs,
    values.slice ? 1 : values.rounds,
    values.threads,
  ].map(Number) as [number, number, number, number, number];
  const folder = mkdtempSync(join(tmpdir(), "braid-bench-"));
  const sites = sampleSites(siteCount);
  const models = siteCount * 9 * seeds;
  const args = [
    ...["--directory", folder, "--jobs", String(threads), "--quiet"],
    ...["--sites", ...sites, "--seeds", `0..${seeds - 1}`, "--training.epochs", String(epochs)],
    ...["--backend", values.backend],
  ];
  const run = async () => {
    const began = performance.now();
    const { code, stderr } = await experiment(args, folder);
    if (code !== 0) throw new Error(`The pipeline failed:\n${stderr}`);
    return (performance.now() - began) / 1_000;
  };
  console.log(
    `${models} models (${siteCount} sites of the synthetic sample, ${epochs} epochs), ${threads} threads, backend ${values.backend}`,
  );
  // The sample is made once, before anything is timed.
  await run();
  const pipeline: number[] = [];
  const training: number[] = [];
  for (let round = 0; round < rounds; round++) {
    rmSync(join(folder, "expA"), { recursive: true });
    pipeline.push(await run());
    training.push(await trainOnly({ folder, sites, seeds, epochs, threads, backend: values.backend }));
    console.log(
      `round ${round + 1}: pipeline ${pipeline[round]!.toFixed(1)} s, training alone ${training[round]!.toFixed(1)} s`,
    );
  }
  const share = pipeline.map((seconds, i) => 1 - training[i]! / seconds);
  console.log(
    `models per second   pipeline ${(models / median(pipeline)).toFixed(2)}, training alone ${(models / median(training)).toFixed(2)}`,
  );
  console.log(`share not training  ${(100 * median(share)).toFixed(1)} % (median of ${rounds})`);
  const whole = (median(pipeline) * 27_270) / models / 60;
  console.log(
    `the whole experiment  ${whole.toFixed(0)} min at this pace: 27,270 models, ${epochs} epochs, all steps`,
  );
  if (values.record !== undefined) {
    const figures = pipeline.map((seconds, i) => ({
      models,
      pipeline: seconds,
      trainingAlone: training[i]!,
      shareNotTraining: share[i]!,
    }));
    record(values.record, { bench: "bench pipeline", options: process.argv.slice(2), figures });
  }
  rmSync(folder, { recursive: true });
}

/** Seconds that the threads take for the same models, from their start to the last one's end. */
async function trainOnly(work: Omit<TrainOnly, "thread">): Promise<number> {
  const workers = Array.from(
    { length: work.threads },
    (_, thread) =>
      new Worker(new URL("./train-only.ts", import.meta.url), { workerData: { ...work, thread } }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  const began = performance.now();
  await Promise.all(
    workers.map((worker) => {
      const over = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
      worker.postMessage("go");
      return over;
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}
