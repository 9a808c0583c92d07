/// <reference lib="dom" />
/** The report page as a reader asks it: the answer, the sites, their hydrographs, links and files; against the CSV files. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "braid-engine/quantities";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { violationsOn } from "../support/axe.ts";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";
import { cellsOf, type Row, readCsv, saved, tableOf } from "../support/report-page.ts";

/** Three streams, judged on a year that nothing was chosen on, with seven seeds for that. */
function judgedExperiment(): string {
  const folder = madeUpExperiment({ factors: [0, 1, 10], seeds: "0..13" });
  const config = join(folder, "config.yml");
  const partitions =
    "{ train: 2000-10-01..2001-09-30, validation: 2001-10-01..2002-09-30, test: 2002-10-01..2003-09-29 }";
  writeFileSync(
    config,
    `${readFileSync(config, "utf8").replace(/partitions: .*/, `partitions: ${partitions}`)}    evaluate: [validation, test]\n    statistics: { minimumEffect: 0 }\n`,
  );
  writeFileSync(
    join(folder, "made-up/sites.csv"),
    "site_id,name,state,lat,lon,drain_area_sqmi\n01022500,Narraguagus River,ME,44.6,-67.9,227\n08070200,East Fork,TX,30.1,-95.1,388\n14185000,South Santiam,OR,44.4,-122.5,174\n",
  );
  return folder;
}

describe.skipIf(withoutBrowser)(`the report page${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  const folder = judgedExperiment();
  const at = (file: string) => join(folder, "expA", file);
  const address = pathToFileURL(at("report/index.html")).href;
  let browser: Browser;
  let page: Page;
  let tests: Row[];
  let metrics: Row[];

  async function opened(hash = "", options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
    const made = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
    await made.goto(address + hash);
    await made.waitForSelector("html[data-ready]");
    await made.locator("#sites tbody tr").first().waitFor();
    return made;
  }

  const hashOf = (one: Page) => Object.fromEntries(new URLSearchParams(new URL(one.url()).hash.slice(1)));

  beforeAll(async () => {
    const { code, stderr } = await experiment(["report", "--configfile", "config.yml", "-j", "2"], folder);
    expect(code, stderr).toBe(0);
    tests = readCsv(at("statistics/tests.csv")).filter((row) => row.test === "chosen_factor");
    metrics = readCsv(at("overall_metrics.csv")).filter(
      (row) => row.variable === "discharge_cms" && row.partition === "test",
    );
    browser = await openBrowser();
    page = await opened();
  });
  afterAll(async () => {
    await browser?.close();
  });

  const nse = (site: string, factor: string) =>
    median(
      metrics.filter((row) => row.site_id === site && row.factor === factor).map((row) => Number(row.nse)),
    );

  test("answers first, with the counts of the test whose factor was chosen on other scores, and its correction", async () => {
    const counts = readCsv(at("statistics/counts.csv")).filter((row) => row.test === "chosen_factor");
    const sentence = (adjustment: string) => {
      const { better, worse, no_difference } = counts.find((row) => row.adjustment === adjustment)!;
      return `Multi-task learning helped at ${better} of 3 sites and hurt at ${worse}; at ${no_difference} the test finds no difference.`;
    };
    expect(await page.locator("h2").first().textContent()).toBe(sentence("benjamini_hochberg"));
    expect(await page.locator("#verdicts .judged").textContent()).toContain("NSE of discharge on test");
    expect(await page.locator("#headline details").first().getAttribute("open")).toBeNull();
    const alone = await opened("#correction=none");
    expect(await alone.locator("h2").first().textContent()).toBe(sentence("none"));
    await alone.close();
  });

  test("says of each site on the first screen what the tests say, and medians of the CSV", async () => {
    const rows = await cellsOf(page, "#sites tbody tr");
    expect(rows).toHaveLength(3);
    for (const [name, verdict, factor, gain, single, multi, area] of rows) {
      const own = tests.find((row) => name!.startsWith(row.site_id!))!;
      expect([verdict, factor]).toEqual([own.verdict_benjamini_hochberg, own.factor]);
      // Rounded by the interval: within a unit of its last digit, and within the interval's half.
      const [value, low, high] = gain!
        .replaceAll("−", "-")
        .match(/[-+]?[\d.]+/g)!
        .map(Number);
      const half = (Number(own.high) - Number(own.low)) / 2;
      expect(Math.abs(value! - Number(own.hodges_lehmann))).toBeLessThan(half / 2);
      expect(Math.abs(low! - Number(own.low))).toBeLessThan(half / 2);
      expect(Math.abs(high! - Number(own.high))).toBeLessThan(half / 2);
      expect(Number(single!.replace("−", "-"))).toBeCloseTo(nse(own.site_id!, "0"), 1);
      expect(Number(multi!.replace("−", "-"))).toBeCloseTo(nse(own.site_id!, own.factor!), 1);
      expect(["227", "388", "174"]).toContain(area);
    }
    const box = (await page.locator("#sites tbody tr").last().boundingBox())!;
    expect(box.y + box.height).toBeLessThan(900);
    expect(await page.locator("#sites thead").textContent()).toContain("drain area (mi²)");
  });

  test("opens at the site whose interval lies farthest from 0", async () => {
    const medianOf = (site: string) =>
      median(metrics.filter((row) => row.site_id === site).map((row) => Number(row.nse)));
    const positive = tests.filter((row) => medianOf(row.site_id!) > 0);
    const above = positive.filter((row) => Number(row.low) > 0);
    const below = positive.filter((row) => Number(row.high) < 0);
    const [clearest] =
      above.length >= below.length
        ? above.toSorted((a, b) => Number(b.low) - Number(a.low))
        : below.toSorted((a, b) => Number(a.high) - Number(b.high));
    const current = await page.locator("#sites tr[aria-current]").getAttribute("data-site");
    expect(current).toBe(clearest!.site_id);
    expect(await page.locator("#hydrograph select").first().inputValue()).toBe(current);
  });

  test("finds, filters and sorts sites, by keyboard too, and each leads to its hydrograph", async () => {
    const own = await opened();
    const ids = async () => (await cellsOf(own, "#sites tbody tr")).map(([name]) => name!.slice(0, 8));
    await own.getByLabel("Find").fill("or santiam");
    expect(await ids()).toEqual(["14185000"]);
    expect(await own.locator("#sites .count").textContent()).toBe("1 of 3 sites");
    await own.getByLabel("Find").fill("");
    await own.getByLabel("at least").fill("200");
    expect(await ids()).toEqual(["01022500", "08070200"]);
    await own.getByLabel("at least").fill("");
    await own.locator("#sites th[data-key=gain] button").click();
    const byGain = tests.toSorted((a, b) => Number(b.hodges_lehmann) - Number(a.hodges_lehmann));
    expect(await ids()).toEqual(byGain.map((row) => row.site_id));
    expect(await own.locator("#sites th[data-key=gain]").getAttribute("aria-sort")).toBe("descending");
    await own.locator("#sites tbody button").first().focus();
    await own.keyboard.press("ArrowDown");
    const second = byGain[1]!;
    await own
      .locator("#hydrograph figcaption", { hasText: `At ${second.site_id}, factor ${second.factor}` })
      .waitFor();
    expect(hashOf(own)).toMatchObject({ site: second.site_id, sort: "-gain" });
    const copy = await opened(new URL(own.url()).hash);
    expect(await copy.locator("#sites tr[aria-current]").getAttribute("data-site")).toBe(second.site_id);
    expect((await cellsOf(copy, "#sites tbody tr")).map(([name]) => name!.slice(0, 8))).toEqual(await ids());
    await copy.close();
    await own.close();
  });

  test("draws observed, single-task and the site's factor, each with its NSE, and the rain above", async () => {
    const site = await page.locator("#hydrograph select").first().inputValue();
    const { factor } = tests.find((row) => row.site_id === site)!;
    await page.waitForSelector("#hydrograph .canvas svg svg");
    const legend = await page.locator("#hydrograph .canvas").textContent();
    const shown = (value: number) => value.toFixed(2).replace("-", "−");
    expect(legend).toContain(`single-task (factor 0), NSE ${shown(nse(site, "0"))}`);
    expect(legend).toContain(`factor ${factor}, NSE ${shown(nse(site, factor!))}`);
    expect(legend).toContain("precipitation (mm)");
    expect(await page.locator("#hydrograph .canvas [role=img]").getAttribute("aria-label")).toContain(
      `(median NSE ${shown(nse(site, factor!))}) is`,
    );
  });

  test("zooms by dates and by dragging, keeps the days in the link, and offers a logarithm for flow only", async () => {
    const own = await opened("#from=2003-01-01&to=2003-02-28");
    expect((await tableOf(own, "hydrograph")).map(([date]) => date).at(0)).toBe("2003-01-01");
    expect(await tableOf(own, "hydrograph")).toHaveLength(59);
    const flow = own.locator("#hydrograph .canvas svg svg").last();
    await flow.scrollIntoViewIfNeeded();
    const box = (await flow.boundingBox())!;
    await own.mouse.move(box.x + box.width * 0.4, box.y + 80);
    await own.mouse.down();
    await own.mouse.move(box.x + box.width * 0.7, box.y + 90, { steps: 4 });
    await own.mouse.up();
    await own.waitForFunction(() => !location.hash.includes("from=2003-01-01"));
    const { from, to } = hashOf(own);
    expect(from! > "2003-01-15" && to! < "2003-02-20" && from! < to!).toBe(true);
    await own.getByRole("button", { name: "Whole period" }).click();
    await own.waitForFunction(() => document.querySelectorAll("#hydrograph tbody tr").length > 300);
    const logarithmic = own.locator("#hydrograph label", { hasText: "logarithmic" });
    expect(await logarithmic.isVisible()).toBe(true);
    await own.locator("nav select").nth(1).selectOption("temp_c");
    expect(await logarithmic.isVisible()).toBe(false);
    await own.close();
  });

  test("shows the gain of every factor at every site, as the CSV has it", async () => {
    const rows = await tableOf(page, "heat-map");
    expect(rows).toHaveLength(6);
    for (const [site, factor, gain] of rows)
      expect(Number(gain)).toBeCloseTo(nse(site!, factor!) - nse(site!, "0"), 4);
    const places = await tableOf(page, "map");
    expect(places.map(([site, latitude]) => [site, latitude]).sort()).toEqual([
      ...[
        ["01022500", "44.6"],
        ["08070200", "30.1"],
        ["14185000", "44.4"],
      ],
    ]);
    await page.locator("#map select").selectOption("gain");
    await page.locator("#map figcaption", { hasText: "Colour: gain" }).waitFor();
  });

  test("draws duration curves, a scatter and the distribution of scores of the values themselves", async () => {
    const site = await page.locator("#hydrograph select").first().inputValue();
    const observed = readCsv(join(folder, "made-up/obs_file.csv"))
      .filter((row) => row.site_id === site && row.date! >= "2002-10-01" && row.date! <= "2003-09-29")
      .map((row) => Number(row.discharge_cms))
      .sort((a, b) => b - a);
    const curve = (await tableOf(page, "duration")).filter(([name]) => name === "observed");
    expect(curve).toHaveLength(observed.length);
    for (const i of [0, 100, 300]) {
      expect(Number(curve[i]![1])).toBeCloseTo((i + 1) / (observed.length + 1), 5);
      expect(Number(curve[i]![2]) / observed[i]!).toBeCloseTo(1, 2);
    }
    const points = await tableOf(page, "scatter");
    expect(points).toHaveLength(2 * observed.length);
    const steps = (await tableOf(page, "ecdf")).filter(([factor]) => factor === "10");
    const medians = tests.map((row) => nse(row.site_id!, "10")).sort((a, b) => a - b);
    expect(steps.map(([, value]) => Number(value))).toEqual(medians.map((value) => expect.closeTo(value, 4)));
    expect(steps.map(([, , share]) => Number(share))).toEqual(
      [1 / 3, 2 / 3, 1].map((s) => expect.closeTo(s, 5)),
    );
  });

  test("keeps section, site, factor and filters in its link", async () => {
    const own = await opened(
      "#section=where&site=14185000&factor=10&text=santiam&colour=gain&partition=validation",
    );
    const top = await own.locator("#where").evaluate((section) => section.getBoundingClientRect().top);
    expect(Math.abs(top)).toBeLessThan(200);
    expect(await own.locator("#sites .count").textContent()).toBe("1 of 3 sites");
    await own.locator("#hydrograph figcaption", { hasText: "At 14185000, factor 10" }).waitFor();
    await own.locator("nav a", { hasText: "Training" }).click();
    await own.waitForFunction(() => location.hash.includes("section=training"));
    expect(hashOf(own)).toMatchObject({
      ...{ site: "14185000", factor: "10", text: "santiam", colour: "gain", partition: "validation" },
    });
    await own.close();
  });

  test("saves tables and figures named after what they show, with commit and config inside", async () => {
    const sites = await saved(page, "#sites", "CSV");
    expect(sites.name).toBe("expA-sites-test-discharge_cms-nse.csv");
    const notes = readFileSync(sites.path, "utf8");
    expect(notes).toMatch(/^# commit: ([0-9a-f]{40}|not a Git checkout)/m);
    expect(notes).toMatch(/^# config: factors: 0, 1, 10$/m);
    for (const row of readCsv(sites.path)) {
      const own = tests.find(({ site_id }) => site_id === row.site_id)!;
      expect([row.gain, row.low, row.high]).toEqual([own.hodges_lehmann, own.low, own.high].map(String));
      expect(Number(row.nse_at_0)).toBeCloseTo(nse(own.site_id!, "0"), 5);
    }
    const days = await saved(page, "figure#hydrograph", "CSV");
    expect(days.name).toMatch(/^expA-hydrograph-test-discharge_cms-\d{8}-factor_(1|10)\.csv$/);
    expect(readCsv(days.path)).toHaveLength(364);
    const heat = await saved(page, "figure#heat-map", "SVG");
    expect(heat.name).toBe("expA-gain-heat-map-test-discharge_cms-nse.svg");
    // The ramp of colours stands above the cells.
    expect(readFileSync(heat.path, "utf8")).toMatch(/gain in NSE over factor 0/);
    const png = readFileSync((await saved(page, "figure#hydrograph", "PNG")).path);
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    // Twice the pixels of the drawing, and its legend above it.
    expect(png.readUInt32BE(16)).toBeGreaterThan(1_000);
    expect(png.readUInt32BE(20)).toBeGreaterThan(700);
    expect(png.toString()).toContain("iTXtComment\0\0\0\0\0{");
    expect(png.toString()).toContain('"config: epochs":"3"');
  });

  test.each(["light", "dark"] as const)(
    "has no violation of axe-core's rules, in %s colours",
    async (colorScheme) => {
      const own = await opened("#section=headline", { colorScheme });
      await own.evaluate(() => {
        for (const details of document.querySelectorAll("details"))
          details.open = details.closest("figure:not(#map)") === null;
      });
      await own.waitForFunction(
        () =>
          document.querySelectorAll("figure[id]").length ===
          document.querySelectorAll("figure[id][data-drawn]").length,
      );
      expect(await violationsOn(own)).toEqual([]);
      await own.close();
    },
  );

  test("every figure's text alternative says what it finds, and begins its caption with it", async () => {
    const figures = await page.locator("figure[id]").all();
    expect(figures.length).toBeGreaterThan(10);
    for (const figure of figures) {
      await figure.scrollIntoViewIfNeeded();
      const drawing = figure.locator(".canvas [role=img]").first();
      const label = (await drawing.getAttribute("aria-label"))!;
      const finding = (await figure.locator("figcaption strong").textContent())!;
      expect(label.endsWith(finding), label).toBe(true);
      expect(finding).toMatch(/\d/);
    }
  });
});
