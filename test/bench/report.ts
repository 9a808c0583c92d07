/**
 * How light the report page is: `pnpm bench report` makes one over the simulated scores of 27,270 models, opens it in
 * headless Chromium, and prints bytes and times; with a folder, it opens the page that is there.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import multitask from "@braid/multitask";
import type { Browser, Page } from "playwright-core";
import { openBrowser, takePictures } from "../support/browser.ts";
import { sampleSites } from "./sample-sites.ts";
import { writeSimulatedScores } from "./simulated-scores.ts";

const usage = `Usage: pnpm bench report [FOLDER] [--rounds N] [--pictures FOLDER]

Opens the page in FOLDER (such as expA/report) N times [5]. Without FOLDER, it makes a page from simulated scores of
27,270 models. Prints the bytes loaded at first and after scrolling to the end, and the median time to the first figures.
With --pictures, it also writes screenshots of the whole page: wide and narrow, light and dark.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    pictures: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

const [given] = positionals;
if (values.help) console.log(usage);
else if (given !== undefined && !existsSync(join(given, "index.html"))) {
  console.error(`No page in ${given}: name the folder of index.html, as expA/report.`);
  process.exitCode = 2;
} else await bench();

async function bench(): Promise<void> {
  const folder = given === undefined ? await simulated() : resolve(given);
  const browser = await openBrowser();
  try {
    const rounds = Array.from({ length: Number(values.rounds) });
    const looks = [];
    for (const _ of rounds) looks.push(await look(browser, folder));
    const times = looks.map(({ ms }) => ms).sort((a, b) => a - b);
    const [{ opened, whole }] = looks as [(typeof looks)[number]];
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
    console.log(`${folder}: ${megabytes(sizeOf(folder))} of files`);
    console.log(`opened with ${megabytes(opened)}, read to the end ${megabytes(whole)}`);
    console.log(`first figures after ${(times[Math.floor(times.length / 2)]! / 1_000).toFixed(2)} s`);
    if (values.pictures !== undefined)
      await takePictures(browser, values.pictures, "report", async (page) => {
        await page.goto(pathToFileURL(join(folder, "index.html")).href);
        await drawAll(page);
        await page.evaluate(() => scrollTo(0, 0));
      });
  } finally {
    await browser.close();
    if (given === undefined) rmSync(join(folder, "../.."), { recursive: true });
  }
}

/** Experiment A as if it had been run: its statistics and its page, by the workflow's own steps; returns the page's folder. */
async function simulated(): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), "braid-simulated-"));
  process.chdir(work);
  const size = {
    sites: sampleSites(101),
    factors: [0, 1, 5, 10, 20, 40, 80, 160, 320],
    seeds: Array.from({ length: 30 }, (_, seed) => seed),
    partitions: ["validation", "test"],
  };
  const config = multitask.config!.parse({
    data: fileURLToPath(new URL("../../data/sample", import.meta.url)),
    experiments: {
      expA: {
        ...{ sites: size.sites, factors: size.factors, seeds: size.seeds, evaluate: size.partitions },
        ...{ primary: "discharge_cms", auxiliary: ["temp_c"], drivers: ["prcp_mm", "tmax_c"] },
        partitions: {
          train: "1990-10-01..2001-09-30",
          validation: "2001-10-01..2003-09-30",
          test: "2003-10-01..2005-09-30",
        },
        training: { epochs: 100, learningRate: 0.01 },
      },
    },
  });
  const rules = multitask.rules(await multitask.resolve(config));
  mkdirSync("expA/statistics", { recursive: true });
  mkdirSync("expA/report");
  writeSimulatedScores("expA/overall_metrics.csv", size);
  // Without predictions there are no days to draw anew.
  writeFileSync("expA/statistics/ensemble_days.csv", "site_id,factor,verdict\n");
  const sites = [join(fileURLToPath(new URL("../../data/sample", import.meta.url)), "sites.csv")];
  const step = async (name: string, input: unknown) => {
    const { run, output, params: given } = rules[name]!;
    const params = typeof given === "function" ? (given as (job: object) => unknown)({ input }) : given;
    await (run as (job: object) => unknown)({ input, output: paths(output), params, log() {} });
  };
  await step("test_factors", "expA/overall_metrics.csv");
  const tests = "expA/statistics/tests.csv";
  await step("count_verdicts", { tests, days: "expA/statistics/ensemble_days.csv", sites });
  await step("report_page", {
    metrics: "expA/overall_metrics.csv",
    series: [],
    statistics: [tests, "expA/statistics/counts.csv"],
    sites,
  });
  return join(work, "expA/report");
}

/** The paths of an output without wildcards. */
function paths(output: unknown): unknown {
  if (typeof output === "string") return output;
  const one = output as { pattern?: string };
  if (one.pattern !== undefined) return one.pattern;
  return Object.fromEntries(Object.entries(output as object).map(([key, value]) => [key, paths(value)]));
}

interface Look {
  readonly ms: number;
  readonly opened: number;
  readonly whole: number;
}

async function look(browser: Browser, folder: string): Promise<Look> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  let bytes = 0;
  page.on("request", (request) => {
    if (request.url().startsWith("file:"))
      bytes += statSync(fileURLToPath(request.url().split("#")[0]!)).size;
  });
  const began = performance.now();
  await page.goto(pathToFileURL(join(folder, "index.html")).href);
  await page.waitForSelector("#sites tbody tr");
  // The first figures are in view, or nearly, without scrolling.
  await page.waitForSelector("figure[id][data-drawn] .canvas svg");
  const [ms, opened] = [performance.now() - began, bytes];
  await drawAll(page);
  const whole = bytes;
  await page.close();
  return { ms, opened, whole };
}

/** Figures are drawn when they come into view. */
async function drawAll(page: Page): Promise<void> {
  for (const figure of await page.locator("figure[id]").all()) {
    await figure.scrollIntoViewIfNeeded();
    await page.waitForSelector(`#${await figure.getAttribute("id")}[data-drawn]`);
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
