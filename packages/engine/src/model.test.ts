/**
 * The engine against a model that knows nothing of plans and records: after any edits, kills and questions, every
 * target equals a clean rebuild, and no job runs without cause (testing/model/checks.ts says what that means).
 *
 * `RUNS=20000 SEED=3 npx vitest run model.test` tries more, and others: the suite plays the same ones each time. What fails is appended, shrunk, to
 * testing/model/failures.jsonl, which every run tries first. `WITHOUT=kill,after` leaves features out
 * (testing/model/cases.ts), to look past a fault that is known. `FROM=14000` begins at that case of the seed.
 */
import { appendFileSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, test } from "vitest";
import { type Case, cases, type Feature, without } from "./testing/model/cases.ts";
import { keepListening } from "./testing/model/engine.ts";
import { play } from "./testing/model/replay.ts";

const file = fileURLToPath(new URL("./testing/model/failures.jsonl", import.meta.url));
const { RUNS = "300", SEED = "2", FROM = "0", WITHOUT = "" } = process.env;
const left = new Set(WITHOUT.split(",") as Feature[]);

interface Failure {
  readonly about: string;
  readonly case: Case;
}

const failures = readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Failure);

let stopListening = () => {};
beforeAll(() => {
  stopListening = keepListening();
});
afterAll(() => stopListening());

test.each(failures)("a case that failed before: $about", ({ case: one }) => play(one));

test("after any edits, kills and questions, targets are what a clean rebuild gives, and nothing runs without cause", async () => {
  const details = await fc.check(
    fc.asyncProperty(cases, (one) => play(without(one, left))),
    { numRuns: Number(RUNS), seed: Number(SEED), path: FROM === "0" ? "" : FROM },
  );
  if (details.counterexample === null) return;
  const { message } = details.errorInstance as Error;
  const about = `${message.split("\n")[0]} (seed ${details.seed}, path ${details.counterexamplePath})`;
  const failure: Failure = { about, case: without(details.counterexample[0], left) };
  appendFileSync(file, `${JSON.stringify(failure)}\n`);
  throw new Error(`${about}\n\n${message}`);
}, 3_600_000);
