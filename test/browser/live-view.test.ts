/// <reference lib="dom" />
/** The live view in a browser: it follows a run that is started, fails in two jobs, is killed and resumed. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { emptyFolder, installEngine, root } from "../support/command.ts";

/** Ends a process that may have ended. */
function stop(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has.
  }
}

/** 24 jobs: two fail until the file "mended" is there, and the last eight wait for the file "gate". */
const workflow = `
import { existsSync, writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";

const train = rule({
  output: "made/site_{site}/factor_{factor}.csv",
  async run({ output, wildcards: { site, factor }, log }) {
    log("epoch 7 of " + site);
    if (site === "03" && factor !== "5" && !existsSync("mended")) throw new Error("the loss is NaN at " + factor);
    while (Number(site) > 5 && !existsSync("gate")) await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(output, "site,factor,nse\\n" + site + "," + factor + ",0.5\\n");
  },
});
export default workflow({
  rules: {
    all: rule({
      input: expand(train.output, { site: ["01", "02", "03", "04", "05", "06", "07", "08"], factor: [0, 1, 5] }),
    }),
    train,
  },
});
`;

describe.skipIf(withoutBrowser)(`the live view${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  const folder = emptyFolder();
  const runs: ChildProcess[] = [];
  let browser: Browser;
  let page: Page;
  let url = "";

  /** Starts the workflow with --ui; resolves with the address that it prints. */
  function braid(): Promise<{ run: ChildProcess; url: string }> {
    const run = spawn(
      process.execPath,
      [join(root, "packages/engine/bin/braid.js"), "-k", "-j", "2", "--ui"],
      {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NO_COLOR: "1" },
      },
    );
    runs.push(run);
    let text = "";
    return new Promise((resolve, reject) => {
      run.on("exit", (code) => reject(new Error(`it ended with ${code}:\n${text}`)));
      run.stdout!.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        const found = /^Live view: (\S+)$/m.exec(text);
        if (found !== null) resolve({ run, url: found[1]! });
      });
    });
  }
  const says = (id: string, text: string) =>
    page.waitForFunction(
      ([where, what]) => document.getElementById(where!)?.textContent?.includes(what!),
      [id, text] as const,
      { timeout: 30_000 },
    );

  beforeAll(async () => {
    installEngine(folder);
    writeFileSync(join(folder, "workflow.ts"), workflow);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
    browser = await openBrowser();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    for (const run of runs) run.kill("SIGKILL");
    // The view outlives its runs: it is a process of its own.
    const file = join(folder, ".braid/ui");
    if (url !== "" && existsSync(file)) stop(JSON.parse(readFileSync(file, "utf8")).pid);
  });

  test("follows a run that is started, and tells of the two jobs that fail, with their logs", async () => {
    ({ url } = await braid());
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{20,}\/$/);
    await page.goto(url);
    await says("left", "13 of 25 jobs done");
    await says("left", "2 failed");
    expect(await page.locator("#state").textContent()).toMatch(/^Running for/);
    const failures = page.locator("#failures details");
    expect(await failures.count()).toBe(2);
    await failures.first().locator("summary").click();
    await says("failures", "epoch 7 of 03");
    expect(await failures.first().textContent()).toContain("the loss is NaN at");
    // What was made arrives as it is made: the tables, and values of the first column of fractions.
    await says("tables", "nse of the latest");
    expect(await page.locator("#tables tbody tr").first().textContent()).toContain("0.5");
    expect(await page.locator("#rules .rule").first().textContent()).toContain("train");
    // Each wildcard along one side, and a cell's counts by keyboard.
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowRight");
    await says("cell", "site 01, factor 0: 1 made in this run of 1");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await says("cell", "site 03, factor 0: 1 failed of 1");
  });

  test("says that the run was killed", async () => {
    runs[0]!.kill("SIGKILL");
    await says("state", "Killed after");
    await says("left", "13 of 25 jobs done");
  });

  test("goes on, in the same open page, with the run that resumes it", async () => {
    writeFileSync(join(folder, "mended"), "");
    const resumed = await braid();
    expect(resumed.url).toBe(url);
    await says("state", "Running for");
    expect(await page.locator("#failed").isHidden()).toBe(true);
    writeFileSync(join(folder, "gate"), "");
    await says("state", "Done in");
    await says("left", "12 of 12 jobs done");
  });

  test("shows what was made before beside what this run made", async () => {
    await page.reload();
    await says("state", "Done in");
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowRight");
    await says("cell", "site 01, factor 0: 1 made before of 1");
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    await says("cell", "site 08, factor 0: 1 made in this run of 1");
  });

  test("says that its server is gone, and goes on when that is back at the same address", async () => {
    process.kill(JSON.parse(readFileSync(join(folder, ".braid/ui"), "utf8")).pid);
    await says("state", "The live view has ended");
    const view = spawn(process.execPath, [join(root, "packages/engine/bin/braid.js"), "ui"], { cwd: folder });
    runs.push(view);
    await says("state", "Done in");
    expect(await page.evaluate(() => document.body.classList.contains("gone"))).toBe(false);
  });

  test("fits a phone, its grid turned", async () => {
    await page.setViewportSize({ width: 380, height: 740 });
    await page.reload();
    await says("state", "Done in");
    await page.waitForFunction(() => document.querySelector("canvas")!.clientHeight > 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
