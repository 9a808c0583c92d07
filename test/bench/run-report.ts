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

Runs 8,923 and then 81,913 jobs that write a few bytes (two of each fail), and makes the page of each run N times [5].
Prints the size of the page and of the data of all jobs, the median time and memory of making them, and the seconds until
the table of all jobs is shown and searched. For comparison, prints time and memory of --summary, which makes the same plan.
With --pictures, it also writes screenshots of the larger page: wide and narrow, light and dark.`;

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
    const kB = (path: string) => `${(statSync(path).size / 1e3).toFixed(1)} kB`;
    const data = join(folder, "report_files/jobs.js");
    console.log(`  ${jobs} jobs, a page of ${kB(page)} and the data of all jobs of ${kB(data)}`);
    await open(page);
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

/** The time from the click until the table of all jobs is there, and until a search has found its jobs. */
async function open(page: string): Promise<void> {
  const browser = await openBrowser();
  try {
    const tab = await browser.newPage();
    await tab.goto(pathToFileURL(page).href);
    const times: number[] = [];
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      times.push((performance.now() - began) / 1_000);
    };
    await timed(async () => {
      await tab.locator("#load-jobs").click();
      await tab.locator("#all-jobs tbody tr").first().waitFor();
    });
    await timed(() => tab.locator("#all-jobs input").fill("seed=7"));
    console.log(`  all jobs shown in ${times[0]!.toFixed(2)} s, searched in ${times[1]!.toFixed(2)} s`);
  } finally {
    await browser.close();
  }
}

async function picture(page: string, to: string): Promise<void> {
  const browser = await openBrowser();
  try {
    await takePictures(browser, to, "run-report", (tab) => tab.goto(pathToFileURL(page).href));
  } finally {
    await browser.close();
  }
}
