/// <reference lib="dom" />
/** The page of `--report` in a browser: from disk, without a request, with hostile names and errors in it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { project } from "../cli/project.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";

/** Two jobs, of which one fails; a table, an image, and an image with a script in it. */
const workflow = `
import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";

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
  output: ["out/plot.svg", "out/evil.svg"],
  run({ output }) {
    const svg = (content) => '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">' + content + "</svg>";
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
      expect(await page.locator("script, [onerror], iframe").count()).toBe(0);
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

    test.each(["light", "dark"] as const)("fits a phone, %s", async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 380, height: 740 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      const ground = await page.$eval("body", (body) => getComputedStyle(body).backgroundColor);
      expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)");
    });
  },
);
