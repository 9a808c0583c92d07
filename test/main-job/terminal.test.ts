/** The experiment on a terminal of 80 columns: what a run ends with, and `results`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder, experiment, root } from "../support/command.ts";
import { hasTerminal, view } from "../support/terminal.ts";

const options = [
  "--directory",
  "runs/small",
  "--sites",
  "01022500",
  "--factors",
  "0",
  "1",
  "--seeds",
  "0..1",
];
const few = [...options, "--training.epochs", "1"];

test.skipIf(!hasTerminal)(
  "a run ends with scores, their unit, paths that exist and the next step; results fits 80 columns",
  async () => {
    const folder = emptyFolder();
    const command = [process.execPath, join(root, "scripts/start.mjs"), "experiments/multitask/main.ts"];
    for (const words of [few, ["results", ...few]]) {
      const shown = view([...command, ...words], folder, { columns: 80, rows: 24 });
      expect(await shown.ended).toBe(0);
      const lines = shown.lines();
      expect(lines).toContainEqual(
        expect.stringMatching(/^expA: NSE of discharge_cms on validation, 1 site, 2 seeds \(SYNTHETIC data/),
      );
      expect(lines).toContain("NSE has no unit: 1 is perfect, 0 is as good as the mean of the observations.");
      expect(lines).toContain("Scores: runs/small/expA/overall_metrics.csv");
      expect(existsSync(join(folder, "runs/small/expA/overall_metrics.csv"))).toBe(true);
      // Only the command for the next step is wider, because it stays whole.
      const next = `  pnpm exp:a report ${few.join(" ")}`;
      expect(shown.tooWide.size).toBeGreaterThan(0);
      for (const line of shown.tooWide) expect(next.startsWith(line), line).toBe(true);
      expect(lines.join("\n")).toMatch(
        /\nNext, a page with maps and figures:\n {2}pnpm exp:a report --directory/,
      );
    }
    const { stdout } = await experiment(["report", ...few, "-n", "--quiet"], folder);
    expect(stdout).toMatch(/^report_page +1$/m);
  },
  120_000,
);

test("every target that the help lists can be asked for", async () => {
  const folder = emptyFolder();
  const { stdout: help } = await experiment(["--help"], folder);
  const [, list] = /\n\nTargets:\n((?: {2}.*\n)+)/.exec(help)!;
  const names = [...list!.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  const { stdout: rules } = await experiment(["--list-target-rules"], folder);
  const targets = rules.split("\n").map((line) => line.split(" ")[0]);
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) expect(targets).toContain(name);
});
