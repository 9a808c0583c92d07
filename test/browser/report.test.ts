/// <reference lib="dom" />
/** The report page in a browser: from disk, without a network, with the numbers of the CSV files. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median } from "braid-engine/quantities";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, openBrowser, withoutBrowser } from "../support/browser.ts";
import { experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";
import { cellsOf, type Row, readCsv, saved, tableOf as tableIn } from "../support/report-page.ts";

describe.skipIf(withoutBrowser)(`the report page${withoutBrowser ? ` (skipped: ${noBrowser})` : ""}`, () => {
  const folder = madeUpExperiment({ seeds: "0..5" });
  const requests: string[] = [];
  const troubles: string[] = [];
  let browser: Browser;
  let page: Page;
  let metrics: Row[];

  beforeAll(async () => {
    const { code, stderr } = await experiment(["report", "--configfile", "config.yml", "-j", "2"], folder);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    metrics = readCsv(join(folder, "expA/overall_metrics.csv")).filter(
      (row) => row.variable === "discharge_cms",
    );
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.on("request", (request) => requests.push(request.url()));
    page.on("requestfailed", (request) => troubles.push(`failed: ${request.url()}`));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
    });
    await page.goto(pathToFileURL(join(folder, "expA/report/index.html")).href);
    await page.waitForSelector("html[data-ready]");
  });
  afterAll(async () => {
    await browser?.close();
  });

  const tableOf = (figure: string) => tableIn(page, figure);

  test("says the medians of the CSV, over sites and at one site", async () => {
    const nse = (site: string | null, factor: string) =>
      metrics
        .filter((row) => row.factor === factor && (site === null || row.site_id === site))
        .map((row) => Number(row.nse));
    const sites = [...new Set(metrics.map((row) => row.site_id!))];
    for (const [factor, n, , , middle] of await tableOf("over-sites")) {
      expect(Number(n)).toBe(sites.length);
      expect(Number(middle)).toBeCloseTo(median(sites.map((site) => median(nse(site, factor!)))), 5);
    }
    const site = await page.locator("#one-site select").inputValue();
    const ofSite = await tableOf("one-site");
    expect(ofSite.map(([factor]) => factor)).toEqual(["0", "1"]);
    for (const [factor, n, , , middle] of ofSite) {
      expect(Number(n)).toBe(6);
      expect(Number(middle)).toBeCloseTo(median(nse(site, factor!)), 5);
    }
    const best = metrics.toSorted((a, b) => Number(b.nse) - Number(a.nse))[0]!;
    const first = await page.locator("#models tbody tr").first().locator("td").allTextContents();
    expect(first.slice(0, 3)).toEqual([best.site_id, best.factor, best.seed]);
    expect(Number(first[3]!.replace("−", "-"))).toBeCloseTo(Number(best.nse), 3);
  });

  test("says at how many sites each factor is best, as the CSV has it", async () => {
    const sites = [...new Set(metrics.map((row) => row.site_id!))];
    const at = (site: string, factor: string) =>
      median(
        metrics.filter((row) => row.site_id === site && row.factor === factor).map((row) => Number(row.nse)),
      );
    const best = sites.map((site) => (at(site, "1") > at(site, "0") ? "1" : "0"));
    const rows = await tableOf("best-factor");
    expect(rows).toEqual(
      ["0", "1"].map((factor) => [factor, String(best.filter((f) => f === factor).length)]),
    );
    expect(await page.locator("#headline .card").last().textContent()).toContain(
      `${best.filter((factor) => factor === "1").length} of ${sites.length}`,
    );
  });

  test("says the counts of the statistics", async () => {
    const counts = readCsv(join(folder, "expA/statistics/counts.csv"));
    const rows = await cellsOf(page, "#headline tbody tr");
    expect(rows).toHaveLength(counts.length);
    rows.forEach(([, , better, same, worse, refused], i) => {
      const { better: b, no_difference, worse: w, refused: r } = counts[i]!;
      expect([better, same, worse].map((text) => Number.parseInt(text!, 10))).toEqual(
        [b, no_difference, w].map(Number),
      );
      expect(Number(refused)).toBe(Number(r));
    });
  });

  test("says before any figure what the results do not say, by the facts of the run", async () => {
    const section = page.locator("#caveats");
    const text = await section.textContent();
    expect(text).toContain("the models learnt from 730 days.");
    expect(text).toContain("6 models of one record agree more than records of 6 other years");
    expect(text).toContain("here it is 3 sites and 2.0 years to learn from");
    expect(text).toContain("sites.csv does not say where flow is regulated");
    expect(text).toContain("advise never to train a streamflow model on a single basin");
    const isBefore = await page.evaluate(() => {
      const [caveats, figure] = [document.querySelector("#caveats")!, document.querySelector("figure")!];
      return (caveats.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    });
    expect(isBefore).toBe(true);
  });

  test("shows what was observed and predicted on a day", async () => {
    const rows = await tableOf("hydrograph");
    const site = await page.locator("#hydrograph select").first().inputValue();
    const day = "2003-01-15";
    const [, observed, , middle, , single, rain] = rows
      .find(([date]) => date === day)!
      .map(Number) as number[];
    const truth = readCsv(join(folder, "made-up/obs_file.csv")).find(
      (row) => row.site_id === site && row.date === day,
    )!;
    expect(observed! / Number(truth.discharge_cms)).toBeCloseTo(1, 3);
    const predicted = (factor: number) =>
      Array.from({ length: 6 }, (_, seed) => {
        const model = `expA/site_id_${site}/factor_${factor}/rand_seed_${seed}`;
        const file = join(folder, model, "validation_preds.csv");
        return Number(readCsv(file).find((row) => row.date === day)!.discharge_cms);
      });
    expect(middle! / median(predicted(1))).toBeCloseTo(1, 2);
    expect(single! / median(predicted(0))).toBeCloseTo(1, 2);
    const drivers = readCsv(join(folder, "made-up/input_file.csv"));
    const weather = drivers.find((row) => row.site_id === site && row.date === day)!;
    expect(rain).toBeCloseTo(Number(weather.prcp_mm), 2);
  });

  test("leads from a model of the best to its own series, or says that it has none", async () => {
    const byScore = metrics.toSorted((a, b) => Number(b.nse) - Number(a.nse));
    const best = byScore[0]!;
    const group = (row: Row) => [row.site_id, row.factor].join();
    const ofGroup = (row: Row) => byScore.filter((other) => group(other) === group(row));
    await page.locator("#models a").first().click();
    const caption = page.locator("figure#hydrograph figcaption");
    await caption.filter({ hasText: `Seed ${best.seed}, the best of them` }).waitFor();
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("seed")).toBe(best.seed);
    const file = `expA/site_id_${best.site_id}/factor_${best.factor}/rand_seed_${best.seed}/validation_preds.csv`;
    const predicted = readCsv(join(folder, file)).find((row) => row.date === "2003-01-15")!;
    const row = (await tableOf("hydrograph")).find(([date]) => date === "2003-01-15")!;
    expect(Number(row.at(-1)) / Number(predicted.discharge_cms)).toBeCloseTo(1, 2);

    const middling = byScore.slice(0, 10).findIndex((row) => ![0, 5].includes(ofGroup(row).indexOf(row)));
    await page.locator("#models a").nth(middling).click();
    const { seed } = byScore[middling]!;
    await caption.filter({ hasText: `Seed ${seed} has no line of its own` }).waitFor();
    expect((await tableOf("hydrograph"))[0]).toHaveLength(
      ofGroup(byScore[middling]!)[0]!.factor === "0" ? 6 : 7,
    );
    // Back to all seeds, by hand or with another factor.
    await page.locator("figure#hydrograph label", { hasText: "Seed" }).locator("select").selectOption("all");
    await caption.filter({ hasNotText: /Seed \d/ }).waitFor();
  });

  test("follows a choice everywhere, keeps it in its address, and works by keyboard", async () => {
    await page.locator("nav select").nth(2).focus();
    await page.keyboard.press("ArrowUp");
    await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get("score") === "rmse");
    await page.locator("figure#over-sites").scrollIntoViewIfNeeded();
    await page.waitForFunction(() =>
      document.querySelector("#over-sites svg")?.textContent?.includes("RMSE"),
    );
    const [[, , , , middle]] = (await tableOf("over-sites")) as [string[]];
    const sites = [...new Set(metrics.map((row) => row.site_id!))];
    const bySite = sites.map((site) =>
      median(
        metrics.filter((row) => row.site_id === site && row.factor === "0").map((row) => Number(row.rmse)),
      ),
    );
    expect(Number(middle) / median(bySite)).toBeCloseTo(1, 5);
    await page.locator("nav a", { hasText: "Caveats" }).press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("caveats");
    const copy = await browser.newPage();
    await copy.goto(page.url());
    await copy.waitForSelector("html[data-ready]");
    expect(await copy.locator("nav select").nth(2).inputValue()).toBe("rmse");
    await copy.close();
  });

  test("shows verdicts only beside the scores that they judge, and leads back to these", async () => {
    await page.locator("nav select").nth(2).selectOption("rmse");
    expect(await page.locator("#verdicts").isVisible()).toBe(false);
    await page.locator("#headline button", { hasText: "Show these" }).click();
    expect(await page.locator("nav select").nth(2).inputValue()).toBe("nse");
    expect(await page.locator("#verdicts").isVisible()).toBe(true);
    expect(await page.locator("#verdicts .judged").textContent()).toContain(
      "Judged: NSE of discharge on validation",
    );
  });

  test("says why there is no verdict on the auxiliary variable", async () => {
    expect(await page.locator("[data-auxiliary=temp_c]").textContent()).toContain(
      "No verdict on temp_c: no experiment of the config has it as its primary.",
    );
  });

  test("offers scores by name, unit and direction, in the unit of the chosen variable, and no counts of days or signatures", async () => {
    const offered = () => page.locator("nav select").nth(2).locator("option").allTextContents();
    expect(await offered()).toContain("RMSE (m³ s⁻¹), lower is better");
    expect(await offered()).toContain("percent bias PBIAS (%), closer to 0 is better");
    expect(await offered()).toContain("share of missed peaks, lower is better");
    expect((await offered()).filter((text) => /^n |observed/.test(text))).toEqual([]);
    await page.locator("nav select").nth(1).selectOption("temp_c");
    expect(await offered()).toContain("RMSE (°C), lower is better");
    await page.locator("nav select").nth(1).selectOption("discharge_cms");
  });

  test("marks the days whose values have no logarithm", async () => {
    const box = page.locator("figure#hydrograph label", { hasText: "logarithmic" }).locator("input");
    await page.locator("figure#hydrograph").scrollIntoViewIfNeeded();
    await box.check();
    const observed = (await tableOf("hydrograph")).filter(([, value, , middle]) =>
      [value, middle].some((text) => text !== "" && Number(text) <= 0),
    );
    const caption = await page.locator("figure#hydrograph figcaption").textContent();
    if (observed.length > 0) expect(caption).toContain("have no logarithm");
    else expect(caption).not.toContain("have no logarithm");
    await box.uncheck();
  });

  test("prints every figure, in light colours, with the colours of the verdicts", async () => {
    const paper = await browser.newPage({ viewport: { width: 1000, height: 800 }, colorScheme: "dark" });
    await paper.goto(pathToFileURL(join(folder, "expA/report/index.html")).href);
    await paper.waitForSelector("html[data-ready]");
    // Without scrolling: figures out of view are drawn when the page is at rest.
    await paper.waitForFunction(
      () =>
        document.querySelectorAll("figure[id]").length ===
        document.querySelectorAll("figure[id][data-drawn]").length,
    );
    await paper.emulateMedia({ media: "print" });
    const look = () =>
      paper.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor,
        better: getComputedStyle(document.querySelector(".key.better")!).backgroundColor,
        exact: getComputedStyle(document.querySelector(".stack")!).printColorAdjust,
        figures: [...document.querySelectorAll("figure[id] .canvas")].filter(
          (canvas) => canvas.querySelector("svg") === null && canvas.querySelector(".nothing") === null,
        ).length,
      }));
    expect(await look()).toEqual({
      ground: "rgb(255, 255, 255)",
      better: "rgb(0, 114, 178)",
      exact: "exact",
      figures: 0,
    });
    await paper.emulateMedia({ media: "screen", forcedColors: "active", colorScheme: "light" });
    const { better } = await look();
    expect(better).toBe("rgb(0, 114, 178)");
    await paper.close();
  });

  test("saves a figure as an SVG that stands by itself", async () => {
    const { name, path } = await saved(page, "figure#losses", "SVG");
    const site = await page.locator("#losses select").inputValue();
    expect(name).toBe(`expA-train-loss-${site}.svg`);
    const text = readFileSync(path, "utf8");
    // What it finds, and what it was made from.
    expect(text).toMatch(/<title>Train loss by epoch<\/title><desc>The loss changes at factor 0 from /);
    const { commit, ...config } = JSON.parse(
      /<metadata>(.*?)<\/metadata>/.exec(text)![1]!.replaceAll("&amp;", "&"),
    );
    expect(commit).toMatch(/^([0-9a-f]{40}(-dirty)?|not a Git checkout)$/);
    expect(config).toMatchObject({ experiment: "expA", "config: epochs": "3", "config: seeds": "0..5" });
    expect(text).toMatch(/^<svg[^>]+xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(text).not.toContain("var(--");
    // Its legend is HTML on the page: in the file it stands above the drawing.
    expect(text).toMatch(/<g transform="translate\(0,-22\)">.*>0<\/text>.*>1<\/text><\/g>/);
    expect(text).toMatch(/viewBox="0 -22 /);
  });

  test("draws every figure on a phone without running over its width", async () => {
    const phone = await browser.newPage({ viewport: { width: 380, height: 740 }, colorScheme: "dark" });
    await phone.goto(pathToFileURL(join(folder, "expA/report/index.html")).href);
    await phone.waitForSelector("html[data-ready]");
    const figures = await phone.locator("figure[id]").evaluateAll((all) => all.map((figure) => figure.id));
    expect(figures).toEqual([
      ...["hydrograph", "duration", "scatter", "heat-map", "over-sites", "ecdf", "one-site"],
      ...["best-factor", "losses", "rules"],
    ]);
    for (const id of figures) {
      await phone.locator(`figure#${id}`).scrollIntoViewIfNeeded();
      await phone.waitForSelector(`figure#${id}[data-drawn]`);
    }
    expect(await phone.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await phone.close();
  });

  test("asks for nothing but the files beside it, and has no trouble", () => {
    const beside = pathToFileURL(join(folder, "expA/report/")).href;
    const elsewhere = requests.filter((url) => !url.startsWith(beside) && !/^(data|blob):/.test(url));
    expect(elsewhere).toEqual([]);
    expect(requests.length).toBeGreaterThan(4);
    expect(troubles).toEqual([]);
  });
});
