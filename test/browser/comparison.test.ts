/// <reference lib="dom" />
/** The page that compares experiments, in a browser: wide, on a phone, in the dark and on paper. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { comparisonPage } from "braid-pages/comparison";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOn } from "../support/axe.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { emptyFolder } from "../support/command.ts";

const verdicts = ["better", "no difference", "worse", "refused"];
const experiments = ["expA", "expB"].map((name, row) => ({
  ...{ name, question: `discharge of ${name}`, judged: "test" },
  tests: ["each site alone", "Benjamini-Hochberg"].map((adjustment) => ({
    ...{ title: "factor chosen on validation", adjustment },
    ...{ better: "12 (8 to 17)", same: "60 (52 to 70)", worse: "10 (6 to 15)", paper: "56 of 101" },
  })),
  gains: Array.from({ length: 40 }, (_, i) => ({
    ...{ site: `0142${1_000 + i}`, factor: "5", verdict: verdicts[i % 4]! },
    gain: 0.3 * Math.sin(i + row),
  })),
}));

describe.skipIf(withoutBrowser)(
  `the page of compared experiments${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`,
  () => {
    const file = join(emptyFolder(), "index.html");
    let browser: Browser;

    beforeAll(async () => {
      const page = comparisonPage({ synthetic: null, experiments, pairs: ["expA, expB: 3"], paper: "Paper" });
      writeFileSync(file, page);
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());

    async function opened(width: number, colorScheme: "light" | "dark") {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      await page.goto(pathToFileURL(file).href);
      return page;
    }

    test.each([
      [1400, "light"],
      [390, "dark"],
    ] as const)("of %d pixels, %s, keeps axe-core's rules and can be read", async (width, colorScheme) => {
      const page = await opened(width, colorScheme);
      expect(await violationsOn(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      const heights = await page.$$eval("svg text", (all) =>
        all.map((text) => text.getBoundingClientRect().height),
      );
      expect(Math.min(...heights)).toBeGreaterThan(9);
      await page.close();
    });

    test("names its axis, and keeps the colours of verdicts on paper", async () => {
      const page = await opened(718, "dark");
      expect(await page.locator("svg").textContent()).toContain(
        "gain in NSE over factor 0; above 0 is better",
      );
      await page.emulateMedia({ media: "print" });
      const look = await page.$eval("svg", (svg) => ({
        exact: getComputedStyle(svg).printColorAdjust,
        better: getComputedStyle(svg.querySelector("circle.better")!).fill,
        inside: svg.getBoundingClientRect().width <= svg.parentElement!.clientWidth,
      }));
      expect(look).toEqual({ exact: "exact", better: "rgb(0, 114, 178)", inside: true });
      await page.close();
    });
  },
);
