/**
 * What the page of `--report` costs: `pnpm bench run-report` runs experiment A's graph with bodies that write a few
 * bytes, for some of its sites and for all, and prints the page's bytes with the time and memory of making it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { median } from "braid-engine/quantities";
import { openBrowser, takePictures } from "../support/browser.ts";
import { root } from "../support/command.ts";
import { measure, missingTools } from "./engine/measure.ts";
import { writeStandIn } from "./stand-in-workflow.ts";

const usage = `Usage: pnpm bench run-report [--rounds N] [--pictures FOLDER]

Runs 8,923 and then 81,913 jobs that write a few bytes (two of each fail), makes the page of each run N times [5], and
prints its bytes with the medians of time and memory; beside it those of --summary, which plans and judges as much.
With --pictures, it writes pictures of the larger page: wide and narrow, light and dark.`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    pictures: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const braid = [process.execPath, join(root, "packages/engine/bin/braid.js")];
const missing = missingTools([]);

if (values.help) console.log(usage);
else if (missing.length > 0) {
  console.error(`Not there: ${missing.join(", ")} (apt-get install).`);
  process.exitCode = 2;
} else for (const sites of [11, 101]) await bench(sites);

async function bench(sites: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "braid-run-report-"));
  try {
    writeStandIn(folder, Number.POSITIVE_INFINITY, sites);
    // Two jobs fail, so the exit code is 1.
    spawnSync(braid[0]!, [braid[1]!, "-k", "-j", "2", "--quiet"], { cwd: folder, stdio: "ignore" });
    const page = join(folder, "report.html");
    tell("--report", folder, ["--report"]);
    const [, jobs = "no"] = /([\d,]+) jobs in the plan/.exec(readFileSync(page, "utf8")) ?? [];
    console.log(`  ${jobs} jobs, a page of ${(statSync(page).size / 1e3).toFixed(1)} kB`);
    tell("--summary", folder, ["--summary"]);
    if (sites > 11 && values.pictures !== undefined) await picture(page, values.pictures);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function tell(name: string, folder: string, args: readonly string[]): void {
  const costs = Array.from({ length: Number(values.rounds) }, () => measure(folder, [...braid, ...args]));
  const [cpu, wall, memory] = (["cpu", "wall", "memory"] as const).map((figure) =>
    median(costs.map((cost) => cost[figure])),
  );
  console.log(
    `${name}: ${cpu!.toFixed(2)} s of CPU, ${wall!.toFixed(2)} s in all, ${Math.round(memory!)} MB`,
  );
}

async function picture(page: string, to: string): Promise<void> {
  const browser = await openBrowser();
  try {
    await takePictures(browser, to, "run-report", (tab) => tab.goto(pathToFileURL(page).href));
  } finally {
    await browser.close();
  }
}
