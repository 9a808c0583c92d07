/** A run that is killed in the middle and started again ends as an undisturbed one. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { experiment, start } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";

const args = ["--configfile", "config.yml", "-j", "2"];
const settings = { seeds: "0..9", epochs: 10 };

/** First outputs of the jobs that the journal says are done. */
function done(folder: string): string[] {
  const lines = readFileSync(join(folder, ".braid/journal"), "utf8").split("\n").slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as { t?: string; trace?: { path: string } })
    .filter((record) => record.t === "done")
    .map((record) => record.trace!.path);
}

test.each([
  ["files", settings, [5, 30, 60]],
  ["packed", { ...settings, factors: [0, 1, 5, 20], seeds: "0..31" }, [4, 10, 18]],
] as const)(
  "killed again and again in the layout %s, it ends with the same table and repeats only what was not done",
  async (layout, settings, kills) => {
    const words = [...args, "--layout", layout];
    const undisturbed = madeUpExperiment(settings);
    expect((await experiment(words, undisturbed)).code).toBe(0);

    const folder = madeUpExperiment(settings);
    for (const least of kills) {
      const run = start("experiments/multitask/main.ts", words, folder);
      const exited = new Promise((resolve) => run.process.once("exit", resolve));
      while (run.process.exitCode === null) {
        await sleep(20);
        if (
          statSync(join(folder, ".braid/journal"), { throwIfNoEntry: false }) &&
          done(folder).length >= least
        )
          break;
      }
      run.process.kill("SIGKILL");
      await exited;
    }
    const before = done(folder);
    expect(before.length).toBeGreaterThanOrEqual(kills.at(-1)!);
    const last = await experiment(words, folder);
    expect(last.stderr).toBe("");
    expect(last.code).toBe(0);

    const table = (of: string) => readFileSync(join(of, "expA/overall_metrics.csv"));
    expect(table(folder).equals(table(undisturbed))).toBe(true);
    const all = done(folder);
    expect(new Set(all).size).toBe(all.length);
    expect([...new Set(all)].sort()).toEqual(done(undisturbed).sort());
  },
);
