/// <reference lib="dom" />
/** The live view in a browser: it follows a run that is started, fails in two jobs, is killed and resumed. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOn } from "../support/axe.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { emptyFolder, installEngine, root } from "../support/command.ts";
import { marksThatOverlap } from "../support/marks.ts";

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
      { timeout: 100_000 },
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
    // Both have the same error but for a number: they are one, which is open.
    const failures = page.locator("#failures details");
    await says("failures", "2 jobs, the latest made/site_03/");
    expect(await failures.count()).toBe(1);
    await says("failures", "epoch 7 of 03");
    expect(await failures.first().textContent()).toContain("the loss is NaN at");
    // What was made arrives as it is made: the tables, and values of the first column of fractions.
    // Failures come first, and the grid opens at the first cell that has one.
    const order = await page.$$eval("main section:not([hidden]) > h2", (all) =>
      all.map((h2) => h2.textContent),
    );
    expect(order.slice(0, 2)).toEqual(["Failures", "Rules"]);
    await says("cell", "site 03, factor ");
    await says("cell", ": 1 failed of 1");
    await says("tables", "nse of the latest");
    expect(await page.locator("#tables tbody tr").first().textContent()).toContain("0.5");
    expect(await page.locator("#rules .rule").first().textContent()).toContain("train");
    // Each wildcard along one side, and a cell's counts by keyboard.
    await page.locator("canvas").focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await says("cell", "site 01, factor 0: 1 made in this run of 1");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await says("cell", "site 03, factor 0: 1 failed of 1");
  });

  test("says that the run was killed", async () => {
    runs[0]!.kill("SIGKILL");
    await says("state", "Killed after");
    await says("left", "13 of 25 jobs done");
    await says("left", "2 failed. To continue, repeat the command.");
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

  test("says the pace in words and numbers, with its unit", async () => {
    const finding = await page.locator("#pace figcaption strong").textContent();
    expect(finding).toMatch(/^(\d+ jobs? done in the last|No job was done in the last) .* of the run/);
    const label = await page.locator("#pace svg[role=img]").first().getAttribute("aria-label");
    expect(label).toMatch(/^train: \S+ in the last .*, at most \S+ in 5 s$/);
    expect(await page.locator("#pace th").allTextContents()).toContainEqual(
      expect.stringMatching(/^Highest, jobs\/(s|min)$/),
    );
  });

  test("follows several folders, opens at the one with failures, and shows the one that is chosen", async () => {
    const other = emptyFolder();
    const run = {
      id: "1",
      at: 1_000,
      host: "h",
      pid: 1,
      command: "other",
      executor: "workers",
      planned: { fit: 2 },
    };
    const failure = { path: "fit/1", rule: "fit", at: 2_000, error: "no <b>minimum</b>", log: "fit.log" };
    mkdirSync(join(other, ".braid"));
    writeFileSync(join(other, "fit.log"), "step 3 of the other");
    writeFileSync(
      join(other, ".braid/journal"),
      `${JSON.stringify({ t: "run", run })}\n${JSON.stringify({ t: "fail", failure })}\n`,
    );
    const view = spawn(process.execPath, [join(root, "packages/engine/bin/braid.js"), "ui", folder, other], {
      cwd: folder,
    });
    runs.push(view);
    const address = await new Promise<string>((resolve) => {
      view.stdout.setEncoding("utf8").on("data", (text: string) => resolve(text.split("\n")[0]!));
    });
    const before = page;
    page = await browser.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    await page.goto(address);
    await says("failures", "step 3 of the other");
    await says("failures", "fit fit/1: no <b>minimum</b>");
    // A second visit begins with the tables that the view has read: those of the first folder do not stay.
    await page.reload();
    await says("failures", "step 3 of the other");
    expect(await page.locator("#latest").isHidden()).toBe(true);
    const buttons = page.locator("#folders button");
    expect(await buttons.count()).toBe(2);
    expect(await buttons.nth(1).getAttribute("aria-current")).toBe("true");
    expect(await buttons.nth(1).textContent()).toContain("killed, 0 of 2 jobs done, 1 failed");
    await buttons.nth(0).focus();
    await page.keyboard.press("Enter");
    await says("state", "Done in");
    expect(await page.locator("#failed").isHidden()).toBe(true);
    expect(await buttons.nth(0).getAttribute("aria-current")).toBe("true");
    await buttons.nth(1).click();
    await says("state", "Killed after");
    // The open log is always that of the latest failure of its group.
    await says("failures", "step 3 of the other");
    writeFileSync(join(other, "fit2.log"), "step 9 of the other");
    const later = { ...failure, path: "fit/2", at: 3_000, log: "fit2.log" };
    appendFileSync(join(other, ".braid/journal"), `${JSON.stringify({ t: "fail", failure: later })}\n`);
    await says("failures", "2 jobs, the latest fit/2");
    await says("failures", "step 9 of the other");
    expect(said).toEqual([]);
    await page.close();
    page = before;
    view.kill();
  });

  test.each(["light", "dark"] as const)(
    "has no violation of axe-core's rules, in %s colours",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      expect(await violationsOn(page)).toEqual([]);
    },
  );

  test("fits a phone, its grid turned", async () => {
    await page.setViewportSize({ width: 380, height: 740 });
    await page.reload();
    await says("state", "Done in");
    expect(await marksThatOverlap(page)).toEqual([]);
    await page.waitForFunction(() => document.querySelector("canvas")!.clientHeight > 0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
