/// <reference lib="dom" />
/** What the report page looks like on a wide screen, on a phone and in the dark: nothing is cut off or lost. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOn } from "../support/axe.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";
import { readCsv, tableOf } from "../support/report-page.ts";

const widths = [1400, 390];

describe.skipIf(withoutBrowser)(
  `the look of the report page${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`,
  () => {
    const folder = madeUpExperiment({ seeds: "0..1" });
    let browser: Browser;

    beforeAll(async () => {
      writeFileSync(
        join(folder, "made-up/sites.csv"),
        "site_id,name,lat,lon,drain_area_sqmi\n01022500,Narraguagus River,44.6,-67.9,227\n08070200,East Fork,30.1,-95.1,388\n14185000,South Santiam,44.4,-122.5,174\n",
      );
      const { code, stderr } = await experiment(["report", "--configfile", "config.yml", "-j", "2"], folder);
      expect(code, stderr).toBe(0);
      browser = await openBrowser();
    });
    afterAll(() => browser?.close());

    /** The page, with every figure drawn. */
    async function drawn(width: number, colorScheme: "light" | "dark" = "light", hash = ""): Promise<Page> {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      await page.goto(pathToFileURL(join(folder, "expA/report/index.html")).href + hash);
      await page.waitForFunction(
        () =>
          document.querySelectorAll("figure[id]").length > 0 &&
          document.querySelectorAll("figure[id]").length ===
            document.querySelectorAll("figure[id][data-drawn]").length,
      );
      return page;
    }

    test.each(widths)("of %d pixels, no text of a figure is cut off", async (width) => {
      const page = await drawn(width);
      const cut = await page.$$eval("figure[id] .canvas", (all) =>
        all.flatMap((canvas) => {
          const box = canvas.getBoundingClientRect();
          return [...canvas.querySelectorAll("svg text")].flatMap((text) => {
            const { top, bottom, left, right, width: wide } = text.getBoundingClientRect();
            const inside =
              top >= box.top - 1 && bottom <= box.bottom && left >= box.left - 1 && right <= box.right + 1;
            return inside || wide === 0
              ? []
              : [
                  `${canvas.parentElement!.id}: ${text.textContent}, ${bottom - box.bottom}, ${right - box.right}`,
                ];
          });
        }),
      );
      expect(cut).toEqual([]);
      await page.close();
    });

    test.each(widths)("of %d pixels, every rainy day has a bar that can be seen", async (width) => {
      const page = await drawn(width);
      const rows = await tableOf(page, "hydrograph");
      const rainy = rows.filter((row) => Number(row.at(-1)) > 0).length;
      const bars = await page.$$eval("#hydrograph .stacked > svg > svg:first-of-type g rect", (all) =>
        all.map((bar) => bar.getBoundingClientRect()).filter((bar) => bar.width > 0.4 && bar.height > 0),
      );
      expect(rainy).toBeGreaterThan(50);
      expect(bars.length).toBe(rainy);
      await page.close();
    });

    test("few sites are named under the colours of their gains", async () => {
      const page = await drawn(1400);
      const text = await page.locator("#heat-map svg").last().textContent();
      for (const { site_id } of readCsv(join(folder, "made-up/sites.csv"))) expect(text).toContain(site_id);
      const caption = await page.locator("#heat-map figcaption").textContent();
      expect(caption).toMatch(/The colour scale ends at ±\S+; \d cells? of 3 lies? beyond/);
      await page.close();
    });

    test("in the dark, a site that gains nothing still stands out of the map", async () => {
      const page = await drawn(1400, "dark");
      await page.locator("#map select").selectOption("gain");
      await page.waitForFunction(() =>
        document.querySelector("#map figcaption")?.textContent?.includes("gain over"),
      );
      const edges = await page.$$eval("#map svg circle", (all) =>
        all.map((dot) => getComputedStyle(dot).stroke),
      );
      expect(edges.length).toBeGreaterThanOrEqual(3);
      for (const edge of edges) expect(edge).toBe("rgb(228, 231, 234)");
      await page.close();
    });

    test("the name of a site has the room that the numbers leave", async () => {
      const page = await drawn(1400);
      const cut = await page.$$eval("#sites tbody button", (all) =>
        all.filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.textContent),
      );
      expect(cut).toEqual([]);
      await page.close();
    });

    test.each([
      ["with every table open, on a phone", "", 390],
      [
        "with one seed, a logarithm and some days",
        "#seed=1&axis=log&models=extremes&from=2003-01-01&to=2003-03-31",
        1400,
      ],
      ["where no site is found", "#text=nowhere", 1400],
    ])("%s, axe-core's rules are kept", async (_, hash, width) => {
      const page = await drawn(width, "light", hash);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll("details")) details.open = true;
      });
      expect(await violationsOn(page)).toEqual([]);
      await page.close();
    });

    test("says what was learnt in words", async () => {
      const page = await drawn(1400);
      expect(await page.locator("h1").textContent()).toBe("expA: discharge, learnt beside water temperature");
      await page.close();
    });
  },
);
