/** The engine against a simulated cluster: everything goes wrong that may, and nothing is lost. */
import { expect, test } from "vitest";
import { extrapolate } from "./extrapolate.ts";
import { type SimulationOptions, simulate } from "./simulate.ts";

const quiet: SimulationOptions = {
  sites: 1,
  slots: 20,
  target: 600,
  arrayLimit: 1_000,
  submitRate: 0.5,
  seconds: {
    prep_io_data: 1,
    train_model: 60,
    make_predictions: 6,
    evaluate_predictions: 1,
    combine_metrics: 60,
  },
  startSeconds: 3,
  round: 10,
  poll: 1,
  status: 15,
  latency: 10,
  fileLatency: 0.5,
  sbatchSeconds: 0.05,
  squeueSeconds: 0.02,
  squeueSecondsPerTask: 1e-6,
  limit: 4 * 3_600,
  nodeFailures: 0,
  preemptions: 0,
  failing: 0,
  hungry: 0,
  sbatchTimeouts: 0,
  seed: 1,
};

test("on a cluster where nothing goes wrong, jobs are packed and every one is done once", async () => {
  const figures = await simulate(quiet);
  expect(figures).toMatchObject({ jobs: 813, done: 813, failed: 0, lostTasks: 0 });
  expect(figures.tasks).toBeLessThan(813 / 4);
  expect(figures.submissions).toBeLessThanOrEqual(figures.tasks);
});

test("jobs that need more memory get it with their next attempt, and take no other job with them", async () => {
  const figures = await simulate({ ...quiet, hungry: 0.05 });
  expect(figures.lostTasks).toBeGreaterThan(10);
  expect(figures).toMatchObject({ done: 813, failed: 0 });
});

test("a rule decides how often its jobs are retried for lack of memory, whatever it says of other reasons", async () => {
  const never = await simulate({ ...quiet, hungry: 0.05, retries: { oom: 0, other: 5 } });
  expect(never.failed).toBeGreaterThan(5);
  expect(never.done + never.failed + never.blocked).toBe(813);
  const once = await simulate({ ...quiet, hungry: 0.05, retries: { oom: 1, lost: 0, other: 0 } });
  expect(once).toMatchObject({ done: 813, failed: 0 });
});

test("a rule decides how often its jobs may be lost with a node", async () => {
  const trouble = { ...quiet, nodeFailures: 0.5, preemptions: 3 };
  const never = await simulate({ ...trouble, retries: { lost: 0 } });
  expect(never.failed).toBeGreaterThan(10);
  expect(never.done + never.failed + never.blocked).toBe(813);
});

test("nodes that die and tasks that are preempted cost time, not jobs", async () => {
  const figures = await simulate({ ...quiet, nodeFailures: 0.5, preemptions: 3 });
  expect(figures.lostTasks).toBeGreaterThan(10);
  expect(figures).toMatchObject({ done: 813, failed: 0 });
});

test("a time limit that cuts packs is met by smaller ones and by single jobs", async () => {
  const figures = await simulate({ ...quiet, limit: 180 });
  expect(figures).toMatchObject({ done: 813, failed: 0 });
});

test("an sbatch that times out is repeated, and no job runs twice for it", async () => {
  const figures = await simulate({ ...quiet, sbatchTimeouts: 0.5 });
  expect(figures).toMatchObject({ done: 813, failed: 0, lostTasks: 0 });
});

test("jobs that fail are told, and only what needs them is not run", async () => {
  const figures = await simulate({ ...quiet, failing: 0.02 });
  expect(figures.failed).toBeGreaterThan(5);
  expect(figures.done + figures.failed + figures.blocked).toBe(813);
});

test("without packing each job is a task", async () => {
  const figures = await simulate({ ...quiet, target: 0 });
  expect(figures).toMatchObject({ done: 813, tasks: 812 });
});

test("figures of more jobs lie on the line through two runs", () => {
  const at = (jobs: number) =>
    ({ jobs, tasks: 10 + jobs / 4, makespan: 100 }) as Parameters<typeof extrapolate>[0];
  expect(extrapolate(at(100), at(200), 1_000)).toEqual({ jobs: 1_000, tasks: 260, makespan: 100 });
});
