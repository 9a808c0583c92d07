/// <reference lib="dom" />
/**
 * How light the live view is: `pnpm bench live-view` runs experiment A's 81,913 jobs with bodies that write a few bytes,
 * opens the view in their middle in headless Chromium, and prints bytes and times; with a folder, it opens the view
 * of a copy of the journal there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { openBrowser, takePictures } from "../support/browser.ts";
import { root } from "../support/command.ts";
import { writeStandIn } from "./stand-in-workflow.ts";

const usage = `Usage: pnpm bench live-view [FOLDER] [--rounds N] [--seconds N] [--pictures FOLDER]

Opens the live view N times [5]. It shows the journal in the working folder FOLDER; without FOLDER, a run of 81,913 jobs,
half-way through.
Prints the bytes loaded at first, the bytes of each of the next seconds (--seconds [10]), and the time to the first figures.
With --pictures, it also writes screenshots of the whole page: wide and narrow, light and dark.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "10" },
    pictures: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const journal = ".braid/journal";
/** Jobs a second of each of two slots: a run that trains on two cores does some 50. */
const pace = 25;

if (values.help) console.log(usage);
else await bench();

async function bench(): Promise<void> {
  const [given] = positionals;
  const folder = mkdtempSync(join(tmpdir(), "braid-live-"));
  const started: ChildProcess[] = [];
  const browser = await openBrowser();
  try {
    if (given === undefined) {
      writeStandIn(folder, pace);
      started.push(braid(folder, "-k", "-j", "2", "--quiet"));
      await middle(folder);
    } else {
      mkdirSync(join(folder, ".braid"));
      copyFileSync(join(resolve(given), journal), join(folder, journal));
    }
    console.log(`${given ?? "simulated run"}: journal of ${megabytes(statSync(join(folder, journal)).size)}`);
    const view = braid(folder, "ui");
    started.push(view);
    const url = await firstLine(view);
    const looks: Look[] = [];
    for (let i = 0; i < Number(values.rounds); i++) looks.push(await look(browser, url, i === 0));
    tell(looks);
    if (values.pictures !== undefined)
      await takePictures(browser, values.pictures, "live", async (page) => {
        await figuresStand(page, url);
        // The pace of the last seconds and the newest tables come with the next messages.
        await seconds(3);
      });
  } finally {
    await browser.close();
    await Promise.all(started.map(ended));
    rmSync(folder, { recursive: true });
  }
}

function braid(folder: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, "packages/engine/bin/braid.js"), ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NO_COLOR: "1" },
  });
}

/** Ends a process, and waits until it has: it writes into the folder. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the view ended with ${code}`)));
    child.stdout!.setEncoding("utf8").once("data", (text: string) => resolve(text.split("\n")[0]!));
  });
}

/** Resolves when the run has slowed down: less than a hundred jobs recorded in a second, after many. */
async function middle(folder: string): Promise<void> {
  const size = () => (existsSync(join(folder, journal)) ? statSync(join(folder, journal)).size : 0);
  const lines = () => readFileSync(join(folder, journal), "utf8").split('\n{"t":"done"').length - 1;
  for (let before = 0; ; ) {
    await seconds(2);
    const now = size();
    if (now > 1e7 && now - before < 2e5) {
      console.log(`in the middle: ${lines().toLocaleString("en-US")} jobs done`);
      return;
    }
    before = now;
  }
}

interface Look {
  /** Until the first figures stood. */
  readonly ms: number;
  /** By then: page, style and scripts; events. */
  readonly files: number;
  readonly events: number;
  /** Events a second after that; null where it was not waited for. */
  readonly later: number | null;
}

async function look(browser: Browser, url: string, stay: boolean): Promise<Look> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const client = await page.context().newCDPSession(page);
  const streams = new Set<string>();
  let [files, events] = [0, 0];
  await client.send("Network.enable");
  client.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "EventSource") streams.add(requestId);
  });
  client.on("Network.dataReceived", ({ requestId, dataLength }) => {
    if (streams.has(requestId)) events += dataLength;
    else files += dataLength;
  });
  const began = performance.now();
  await figuresStand(page, url);
  const first = { ms: performance.now() - began, files, events };
  let later: number | null = null;
  if (stay) {
    await seconds(Number(values.seconds));
    later = (events - first.events) / Number(values.seconds);
  }
  await page.close();
  return { ...first, later };
}

/** Opens the view; resolves when its head tells how far the run is, and its rules and its grid are drawn. */
async function figuresStand(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(
    () =>
      /jobs? done/.test(document.getElementById("left")!.textContent ?? "") &&
      document.querySelector("#rules .rule") !== null &&
      (document.getElementById("jobs")!.hidden || document.querySelector("canvas")!.style.width !== ""),
  );
}

function tell(looks: readonly Look[]): void {
  const [first, ...others] = looks as [Look, ...Look[]];
  const times = others.map(({ ms }) => ms).sort((a, b) => a - b);
  const time = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  const again = times.length === 0 ? "" : `, then ${time(times[Math.floor(times.length / 2)]!)} (median)`;
  console.log(`first figures after ${time(first.ms)} with the journal to be read${again}`);
  console.log(
    `opened with ${kilobytes(first.files)} of page and scripts, ${kilobytes(first.events)} of events`,
  );
  console.log(`after that ${kilobytes(first.later!)} a second`);
}

function seconds(n: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000 * n));
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(1)} kB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
