/// <reference lib="dom" />
/** The page of `--report` in a browser: from disk, without a request, with hostile names and errors in it. */
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { project } from "../cli/project.ts";
import { violationsOn } from "../support/axe.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { emptyFolder } from "../support/command.ts";
import { marksThatOverlap } from "../support/marks.ts";

/** Four jobs, of which one fails; a table, an image, and an image with a script in it, whose caption holds one too. */
const workflow = `
import { writeFileSync } from "node:fs";
import { expand, report, rule, workflow } from "braid-engine";

const hostile = "<img src=x onerror=window.caught=1></pre></style><script>window.caught=1<\\/script>";
const names = ["good", hostile.replaceAll("/", "|")];
const one = rule({
  output: "out/{name}.csv",
  run({ output, wildcards: { name } }) {
    if (name !== "good") throw new Error(hostile);
    writeFileSync(output, "name,score\\n" + hostile + ",0.5\\n");
  },
});
const draw = rule({
  output: [
    report("out/plot.svg", { caption: "A teal box, 40 by 20 pixels", category: "Figures" }),
    report("out/evil.svg", { caption: hostile.replaceAll("{", "{{"), category: "Figures" }),
  ],
  log: "logs/draw.log",
  run({ output, log }) {
    const svg = (content) => '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">' + content + "</svg>";
    log("drawing");
    writeFileSync(output[0], svg('<rect width="40" height="20" fill="teal"/>'));
    writeFileSync(output[1], svg("<script>window.parent.caught = 1; fetch('http://127.0.0.1:9/')<\\/script>"));
  },
});
export default workflow({
  rules: { all: rule({ input: [expand(one.output, { name: names }), ...draw.output] }), one, draw },
});
`;

describe.skipIf(withoutBrowser)(
  `the page of --report${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`,
  () => {
    let browser: Browser;
    let page: Page;
    const asked: string[] = [];
    const said: string[] = [];

    beforeAll(async () => {
      const { folder, braid } = project({ "workflow.ts": workflow });
      expect((await braid("-k")).code).toBe(1);
      expect((await braid("--report")).code).toBe(0);
      const file = join(folder, "report.html");
      expect(existsSync(file)).toBe(true);
      browser = await openBrowser();
      page = await browser.newPage();
      page.on("request", (request) => asked.push(request.url()));
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      await page.goto(pathToFileURL(file).href);
    });
    afterAll(() => browser?.close());

    test("opens from disk, asks for nothing and has nothing to complain of", () => {
      expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([page.url()]);
      expect(said).toEqual([]);
    });

    test("says how the run ended, and shows tables and images", async () => {
      expect(await page.locator("#state").textContent()).toMatch(/^Ended with failed jobs after /);
      expect(await page.locator(".preview td").first().textContent()).toContain("<img src=x");
      const widths = await page.$$eval("img", (all) =>
        all.map((image) => (image as HTMLImageElement).naturalWidth),
      );
      expect(widths).toEqual([40, 40]);
      expect(await page.locator(".graph svg .node").count()).toBe(3);
      // Its style is the one that its policy allows.
      expect(await page.$eval("section", (part) => getComputedStyle(part).borderRadius)).toBe("8px");
    });

    test("runs nothing of what names, errors and files hold", async () => {
      expect(await page.evaluate(() => "caught" in window)).toBe(false);
      // The page's own script, which its policy names by its hash.
      expect(await page.locator("script").count()).toBe(1);
      expect(await page.locator("[onerror], iframe").count()).toBe(0);
      expect(await page.locator("#failures ~ details summary").textContent()).toContain(
        "<script>window.caught=1",
      );
    });

    test("can be read by ear: one heading of the page, each part under its own, a caption for each table", async () => {
      expect(await page.locator("h1").count()).toBe(1);
      expect(
        await page.$$eval("section", (all) => all.every((part) => part.querySelector("h2") !== null)),
      ).toBe(true);
      expect(await page.$$eval("table", (all) => all.every((one) => one.caption?.textContent))).toBe(true);
      const silent = "svg[role=img]:not([aria-label]), img:not([alt]), th:not([scope])";
      expect(await page.locator(silent).count()).toBe(0);
    });

    test("says of each figure what it finds, and of each lane what it shows", async () => {
      const figures = await page.locator("figure:has(table)").all();
      const findings = await Promise.all(
        figures.map((one) => one.locator("figcaption strong").textContent()),
      );
      expect(findings.length).toBeGreaterThan(2);
      expect(findings.find((text) => text!.includes("took the most"))).toMatch(/\d/);
      expect(await page.locator("#costs-time svg[role=img]").first().getAttribute("aria-label")).toMatch(
        /^draw: median \d+ ms, 5th to 95th percentile .* of 1 job$/,
      );
      expect(await page.locator(".shown img").first().getAttribute("alt")).toBe(
        "A teal box, 40 by 20 pixels",
      );
      expect(await page.locator("[aria-labelledby=code] pre").last().textContent()).toContain(
        "throw new Error",
      );
    });

    test("draws finished rules with a full frame, others dashed", async () => {
      const frames = await page.$$eval(".graph .node", (all) =>
        all.map((node) => [
          node.querySelector("text")!.textContent,
          node.querySelector("path, polygon")!.hasAttribute("stroke-dasharray"),
        ]),
      );
      expect(Object.fromEntries(frames)).toEqual({ all: true, one: true, draw: false });
    });

    test("shows all jobs when they are asked for: searched, narrowed, sorted, by keyboard", async () => {
      const before = asked.length;
      await page.locator("#load-jobs").focus();
      await page.keyboard.press("Enter");
      const rows = page.locator("#all-jobs tbody tr");
      await rows.first().waitFor();
      expect(asked.slice(before).map((url) => url.replace(/^.*\//, ""))).toEqual(["jobs.js"]);
      expect(await rows.count()).toBe(4);
      // The focus stands where one types.
      await page.keyboard.type("teal plot");
      expect(await rows.count()).toBe(0);
      await page.locator("#all-jobs input[type=search]").fill("WINDOW.CAUGHT");
      expect(await rows.count()).toBe(1);
      expect(await rows.first().locator(".error").textContent()).toContain("<script>window.caught=1");
      await page.locator("#all-jobs input[type=search]").fill("");
      await page.locator("#all-jobs select").nth(1).selectOption("up to date");
      expect(await rows.count()).toBe(2);
      await page.locator("#all-jobs select").nth(0).selectOption("draw");
      expect(await rows.allTextContents()).toEqual([expect.stringContaining("out/plot.svg")]);
      const [output, log] = await rows.first().locator("a").all();
      expect(await output!.getAttribute("href")).toBe("./out/plot.svg");
      expect(await log!.getAttribute("href")).toBe("./logs/draw.log");
      await page.locator("#all-jobs select").nth(0).selectOption("");
      await page.locator("#all-jobs select").nth(1).selectOption("");
      const heading = page.locator("#all-jobs th").nth(1);
      await heading.locator("button").focus();
      await page.keyboard.press("Enter");
      expect(await heading.getAttribute("aria-sort")).toBe("ascending");
      expect(await rows.first().textContent()).toContain("failed");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Save as CSV" }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("jobs.csv");
      expect(readFileSync(await download.path(), "utf8").split("\n")[0]).toMatch(
        /^rule,wildcards,path,state,/,
      );
      expect(said).toEqual([]);
      expect(await page.evaluate(() => "caught" in window)).toBe(false);
    });

    test("leads to files of the working folder that are there", async () => {
      const links = await page.$$eval("a[href]:not([href^='#'])", (all) =>
        all.map((a) => (a as HTMLAnchorElement).href),
      );
      expect(links.length).toBeGreaterThan(4);
      for (const link of new Set(links)) expect([link, existsSync(new URL(link))]).toEqual([link, true]);
    });

    test("says so where the data are not beside the page", async () => {
      const alone = join(emptyFolder(), "alone.html");
      copyFileSync(fileURLToPath(page.url()), alone);
      const own = await browser.newPage();
      await own.goto(pathToFileURL(alone).href);
      await own.locator("#load-jobs").click();
      await own.getByRole("alert").waitFor();
      expect(await own.getByRole("alert").textContent()).toBe(
        "Cannot show the jobs: ./report_files/jobs.js is not beside the page.",
      );
      await own.close();
    });

    test.each(["light", "dark"] as const)(
      "has no violation of axe-core's rules, in %s colours",
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(() => {
          for (const details of document.querySelectorAll("details")) details.open = true;
        });
        expect(await violationsOn(page)).toEqual([]);
      },
    );

    test("keeps its colours on paper and where the reader has own colours", async () => {
      await page.emulateMedia({ colorScheme: "dark", media: "print" });
      expect(await page.$eval("nav", (nav) => getComputedStyle(nav).display)).toBe("none");
      expect(await page.$eval("body", (body) => getComputedStyle(body).backgroundColor)).toBe(
        "rgb(255, 255, 255)",
      );
      await page.emulateMedia({ colorScheme: "light", media: "screen", forcedColors: "active" });
      expect(await page.$eval(".ran", (path) => getComputedStyle(path).fill)).toBe("rgb(0, 114, 178)");
      await page.emulateMedia({ colorScheme: "light", media: "screen", forcedColors: "none" });
    });

    test.each([1400, 390])("of %d pixels, marks of an axis do not run into each other", async (width) => {
      await page.setViewportSize({ width, height: 800 });
      expect(await marksThatOverlap(page)).toEqual([]);
    });

    test("is printed with all columns of its tables", async () => {
      // A4 without its margins.
      await page.setViewportSize({ width: 718, height: 1000 });
      await page.emulateMedia({ media: "print" });
      const cut = await page.$$eval(".scroll", (all) =>
        all
          .filter((one) => one.scrollWidth > one.clientWidth + 1)
          .map((one) => one.getAttribute("aria-label")),
      );
      expect(cut).toEqual([]);
      await page.emulateMedia({ media: "screen" });
    });

    test.each(["light", "dark"] as const)("fits a phone, %s", async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 380, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      const ground = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
      expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
    });
  },
);
