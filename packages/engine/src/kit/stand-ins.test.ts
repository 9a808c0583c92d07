/** Stand-ins for bodies: a workflow runs in memory, and reruns as the real one would. */
import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { dryRun } from "../dry-run.ts";
import type { RunEvent } from "../events.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";
import { withStandIns } from "./stand-ins.ts";

function rulesOf(epochs: number): Rules {
  const prepare = rule({
    input: "raw/{site}.csv",
    output: { table: "prep/{site}.csv", plots: directory("plots/{site}") },
    shell: "no-such-program {input} > {output.table}",
  });
  const train = rule({
    input: [prepare.output.table, prepare.output.plots],
    output: "models/{site}.json",
    params: { epochs },
    batch: 5,
    runBatch() {
      throw new Error("the real body ran");
    },
  });
  const all = rule({ input: expand(train.output, { site: ["a", "b"] }) });
  return { all, train, prepare };
}

test("jobs run in memory without their bodies, and again only where something changed", async () => {
  const files = memoryFiles({ "raw/a.csv": "1", "raw/b.csv": "2" });
  const options = (epochs: number) => ({ rules: withStandIns(rulesOf(epochs), files), files, folder: "" });
  const done: string[] = [];
  const emit = (event: RunEvent) =>
    void (event.kind === "done" && event.rule !== "all" && done.push(event.job));
  const runJobs = async (epochs: number) => {
    done.length = 0;
    const { outcome } = await run({ ...options(epochs), slots: 1, emit });
    expect(outcome).toBe("done");
    return done.toSorted();
  };
  expect(await runJobs(10)).toEqual([
    "prepare (site=a)",
    "prepare (site=b)",
    "train (site=a)",
    "train (site=b)",
  ]);
  expect(files.text("models/a.json")).toMatch(/^train site=a [0-9a-f]{16}\n$/);
  expect(files.paths()).toContain("plots/a/prepare.txt");
  expect(dryRun(options(10)).jobs()).toEqual([]);
  expect(dryRun(options(20)).jobs()[0]).toMatchObject({ rule: "train", reason: "changed params" });
  files.write("raw/b.csv", "3");
  expect(await runJobs(10)).toEqual(["prepare (site=b)", "train (site=b)"]);
  expect(await runJobs(20)).toEqual(["train (site=a)", "train (site=b)"]);
});
