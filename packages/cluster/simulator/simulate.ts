/** One run of the engine against a simulated cluster, from planning to the last job, with what it cost. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expand, type Retries, type Rules, rule } from "braid-engine";
import type { CallSpec } from "braid-engine/executor";
import { run } from "braid-engine/run";
import { remote } from "../src/index.ts";
import { type ClusterFigures, type ClusterOptions, simulatedCluster } from "./cluster.ts";
import { simulatedFiles } from "./files.ts";
import { timeline } from "./time.ts";

export interface SimulationOptions extends ClusterOptions {
  /** The experiment's shape: sites x 270 models, three jobs each, one preparation a site, one gather. */
  readonly sites: number;
  /** Seconds that a task should run. */
  readonly target: number;
  readonly poll: number;
  readonly status: number;
  /** Seconds until what a node writes is seen by the head. */
  readonly latency: number;
  /** Milliseconds that a call to the shared file system takes. */
  readonly fileLatency: number;
  /** Of each rule. */
  readonly retries?: Retries;
}

export interface SimulationFigures extends ClusterFigures {
  readonly jobs: number;
  readonly done: number;
  readonly failed: number;
  readonly blocked: number;
  /** Simulated seconds from the first plan to the end, and what all slots would take if nothing cost anything. */
  readonly makespan: number;
  readonly ideal: number;
  readonly fileCalls: number;
  readonly journalBytes: number;
  /** This process: CPU seconds (the simulated cluster's own work included), peak memory in MB. */
  readonly cpu: number;
  readonly memory: number;
}

/** The rules of the multi-task experiment, with bodies that never run. */
function experiment({ sites, retries = 0 }: SimulationOptions): Rules {
  const values = (n: number) => Array.from({ length: n }, (_, i) => i);
  const site = "expA/site_id_{site_id}" as const;
  const model = `${site}/factor_{factor}/rand_seed_{seed}` as const;
  const body = { run: () => {}, retries };
  const prep_io_data = rule({ output: `${site}/prepped_data.npz`, ...body });
  const train_model = rule({ input: prep_io_data.output, output: `${model}/trained_model`, ...body });
  const make_predictions = rule({ input: train_model.output, output: `${model}/preds.csv`, ...body });
  const evaluate_predictions = rule({
    input: make_predictions.output,
    output: `${model}/metrics.csv`,
    ...body,
  });
  const combine_metrics = rule({
    input: expand(evaluate_predictions.output, {
      site_id: values(sites),
      factor: values(27),
      seed: values(10),
    }),
    output: "expA/overall_metrics.csv",
    ...body,
  });
  return {
    all: rule({ input: combine_metrics.output }),
    prep_io_data,
    train_model,
    make_predictions,
    evaluate_predictions,
    combine_metrics,
  };
}

export async function simulate(options: SimulationOptions): Promise<SimulationFigures> {
  const folder = mkdtempSync(join(tmpdir(), "braid-simulation-"));
  const time = timeline();
  const files = simulatedFiles(folder, time, options.fileLatency, () => cluster);
  const cluster = simulatedCluster(
    options,
    time,
    (task) => JSON.parse(files.take(`.braid/tasks/${task}.json`)) as CallSpec,
  );
  const cpu = process.cpuUsage();
  let memory = 0;
  let dones = 0;
  try {
    const summary = await run({
      rules: experiment(options),
      folder,
      files,
      slots: options.slots,
      keepGoing: true,
      now: time.now,
      emit: (event) => {
        if (event.kind === "done" && ++dones % 1_000 === 0)
          memory = Math.max(memory, process.memoryUsage.rss());
      },
      executor: async ({ run, history }) =>
        remote({
          queue: cluster,
          run,
          files,
          history,
          manifest: { url: "", resolved: null },
          pace: {
            target: options.target,
            poll: options.poll,
            status: options.status,
            latency: options.latency,
          },
          clock: time,
        }),
    });
    const used = process.cpuUsage(cpu);
    const models = options.sites * 270;
    const seconds = options.seconds;
    const work =
      options.sites * (seconds.prep_io_data ?? 1) +
      models *
        ((seconds.train_model ?? 1) + (seconds.make_predictions ?? 1) + (seconds.evaluate_predictions ?? 1));
    return {
      ...cluster.figures,
      jobs: summary.total,
      done: summary.done,
      failed: summary.failed.length,
      blocked: summary.blocked,
      makespan: time.now() / 1_000,
      ideal: work / options.slots,
      fileCalls: files.calls(),
      journalBytes: statSync(join(folder, ".braid/journal")).size,
      cpu: (used.user + used.system) / 1e6,
      memory: Math.max(memory, process.memoryUsage.rss()) / 1e6,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
