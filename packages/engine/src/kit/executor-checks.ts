/**
 * What every executor has to do, as checks that throw an AssertionError: for the tests of executors, with any test runner.
 * Each check runs a small workflow in a folder of its own.
 */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { MakeExecutor, WorkflowSource } from "../calls/executor.ts";
import type { RunEvent, Summary } from "../events.ts";
import { importWorkflow } from "../rules/workflow.ts";
import type { RunOptions } from "../run/options.ts";
import { run } from "../run/run.ts";

export interface ExecutorCheck {
  /** The behaviour that it checks, as a sentence. */
  readonly name: string;
  /** Resolves if the executor behaves so. */
  check(): Promise<void>;
}

export interface ExecutorCheckOptions {
  /** The folder in which each check makes its own: other machines may have to see it; default: the system's for temporary files. */
  readonly folder?: string;
  /** ms that a check may take; default: 60,000. */
  readonly timeout?: number;
}

/** A run of the checks' workflow. */
interface Trial {
  readonly summary: Summary;
  readonly events: readonly RunEvent[];
  readonly folder: string;
  /** The content of an output; null if it does not exist. */
  read(path: string): string | null;
}

type MakeFor = (source: WorkflowSource) => MakeExecutor;
type RunTrial = (targets: readonly string[], options?: Partial<RunOptions>) => Promise<Trial>;

/** The checks of an executor. `make` gets the workflow that runners have to load: its URL and its resolved config. */
export function executorChecks(make: MakeFor, options: ExecutorCheckOptions = {}): ExecutorCheck[] {
  return Object.entries(checks).map(([name, check]) => ({
    name,
    check: () => inFolder(options, (folder) => check(trialIn(folder, make))),
  }));
}

const checks: Readonly<Record<string, (trial: RunTrial) => Promise<void>>> = {
  async "makes all outputs, each after its inputs"(trial) {
    const { summary, read } = await trial(["joined"]);
    assert.deepEqual(outcomeOf(summary), { outcome: "done", done: 4, failed: [] });
    assert.equal(read("out/joined.txt"), "Hello Ada, Hello Alan, Hello Grace");
  },
  async "has nothing to do in a second run"(trial) {
    await trial(["joined"]);
    const { summary } = await trial(["joined"]);
    assert.equal(summary.total, 0, "the second run made files again that were up to date");
  },
  async "reports the error of a failed job, and goes on with others"(trial) {
    const { summary, read } = await trial(["all_some"], { keepGoing: true });
    assert.deepEqual(outcomeOf(summary), { outcome: "failed", done: 2, failed: ["some (name=Alan)"] });
    assert.match(summary.failed[0]!.error, /there is no Alan/);
    assert.deepEqual(
      ["Ada", "Alan", "Grace"].map((name) => read(`out/some_${name}.txt`)),
      ["Ada", null, "Grace"],
    );
  },
  async "appends what a body logs to the log of its call"(trial) {
    const { summary, read } = await trial(["out/some_Alan.txt"]);
    assert.match(read(summary.failed[0]!.log) ?? "", /Works on Alan/);
  },
  async "tells a body which attempt it is, when the engine retries"(trial) {
    const { summary, events, read } = await trial(["again"]);
    assert.deepEqual(outcomeOf(summary), { outcome: "done", done: 1, failed: [] });
    assert.equal(read("out/again.txt"), "attempt 2");
    assert.equal(events.filter((event) => event.kind === "retried").length, 1);
  },
  async "reports each job of a batch by itself"(trial) {
    const { summary, read } = await trial(["all_together"], { keepGoing: true, slots: 1 });
    assert.deepEqual(outcomeOf(summary), { outcome: "failed", done: 2, failed: ["together (name=Alan)"] });
    assert.match(summary.failed[0]!.error, /not in this batch/);
    assert.equal(read("out/together_Grace.txt"), "Grace");
  },
  async "ends running calls when the run is cancelled, and leaves no output"(trial) {
    const cancelling = new AbortController();
    const emit = ({ kind }: RunEvent) => {
      if (kind === "started") setTimeout(() => cancelling.abort(), 300);
    };
    const { summary, folder } = await trial(["endless"], { emit, signal: cancelling.signal });
    assert.equal(summary.outcome, "interrupted");
    assert.equal(existsSync(join(folder, "out/endless.txt")), false, "a cancelled job left its output");
  },
};

function outcomeOf({ outcome, done, failed }: Summary) {
  return { outcome, done, failed: failed.map(({ job }) => job) };
}

/** Like the engine's other files, TypeScript in the repository and JavaScript in the installed package. */
const file = new URL(
  import.meta.url.endsWith(".ts") ? "./executor-workflow.ts" : "./executor-workflow.js",
  import.meta.url,
);

function trialIn(folder: string, make: MakeFor): RunTrial {
  return async (targets, options = {}) => {
    const workflow = await importWorkflow(file.href);
    const resolved = { greeting: "Hello" };
    const events: RunEvent[] = [];
    const summary = await run({
      rules: workflow.rules(resolved),
      settings: workflow.settings,
      folder,
      targets,
      slots: 2,
      executor: make({ url: file.href, resolved }),
      ...options,
      emit(event) {
        events.push(event);
        options.emit?.(event);
      },
    });
    const read = (path: string) => {
      const place = resolve(folder, path);
      return existsSync(place) ? readFileSync(place, "utf8") : null;
    };
    return { summary, events, folder, read };
  };
}

async function inFolder(
  { folder: parent = tmpdir(), timeout = 60_000 }: ExecutorCheckOptions,
  check: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(parent, "braid-executor-"));
  mkdirSync(join(folder, "in"));
  for (const name of ["Ada", "Alan", "Grace"]) writeFileSync(join(folder, `in/${name}.txt`), name);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lateError(timeout)), timeout);
  });
  try {
    await Promise.race([check(folder), late]);
  } finally {
    clearTimeout(timer);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function lateError(timeout: number): Error {
  return new assert.AssertionError({
    message: `The run has not ended after ${timeout / 1_000} s: a promise of Executor.run() has not settled, or a job was never reported.`,
  });
}
