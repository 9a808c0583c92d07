/// <reference lib="dom" />
/** The figure of the gain of the primary against that of the auxiliary, with the numbers of the CSV file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";

test.skipIf(withoutBrowser)(
  `the report page says what the best factor gains for both variables${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`,
  async () => {
    // One seed: the median is its score.
    const folder = madeUpExperiment({ factors: [0, 0.1, 10], seeds: "0..0" });
    const { code, stderr } = await experiment(["report", "--configfile", "config.yml", "-j", "2"], folder);
    expect(code, stderr).toBe(0);
    const [header = [], ...lines] = readFileSync(join(folder, "expA/overall_metrics.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    const metrics = lines.map(
      (cells) => Object.fromEntries(cells.map((cell, i) => [header[i]!, cell])) as Record<string, string>,
    );
    const nse = (site: string, variable: string, factor: number) =>
      Number(
        metrics.find(
          (row) => row.site_id === site && row.variable === variable && Number(row.factor) === factor,
        )!.nse,
      );
    const browser = await openBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
      await page.goto(pathToFileURL(join(folder, "expA/report/index.html")).href);
      const figure = page.locator("figure#trade");
      await figure.scrollIntoViewIfNeeded();
      await figure.locator(".canvas svg circle").first().waitFor();
      await figure.locator("summary").click();
      // The table is filled when the browser tells of the opening.
      await figure.locator("tbody tr").first().waitFor();
      const rows = await figure
        .locator("tbody tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
      const sites = [...new Set(metrics.map((row) => row.site_id!))];
      expect(rows.map(([site]) => site)).toEqual(sites);
      for (const [site, factor, primary, auxiliary] of rows) {
        const flow = (at: number) => nse(site!, "discharge_cms", at);
        const best = flow(10) > flow(0.1) ? 10 : 0.1;
        expect(Number(factor)).toBe(best);
        expect(Number(primary)).toBeCloseTo(flow(best) - flow(0), 4);
        expect(Number(auxiliary)).toBeCloseTo(nse(site!, "temp_c", best) - nse(site!, "temp_c", 10), 4);
      }
      expect(await figure.locator("figcaption").textContent()).toMatch(
        /^Of 3 sites, discharge gains without loss of water temperature at \d sites?, and at the cost.* NSE on validation/,
      );
    } finally {
      await browser.close();
    }
  },
);
