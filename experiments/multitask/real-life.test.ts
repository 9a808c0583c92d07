/** Files as people bring them, each with one thing wrong that was once taken in silence: what a run says to it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodePrepared } from "./sequences/prepared.ts";
import { type Case, type CaseRun, runCase, site } from "./testing/real-life.ts";

const table = ({ folder }: CaseRun) => {
  const [header = "", ...lines] = readFileSync(join(folder, "e/overall_metrics.csv"), "utf8")
    .trimEnd()
    .split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i]!, cell])));
};

/** All logs of a run in one. */
function logs({ folder }: CaseRun): string {
  const below = join(folder, ".braid/logs");
  return readdirSync(below, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

describe("scores", () => {
  test("a river that runs dry has no FLV, and the log says why and how often", async () => {
    const ran = await runCase({
      change: (day) => {
        if (day.i % 365 < 220) day.flow = "0";
      },
    });
    const flows = table(ran).filter((line) => line.variable === "discharge_cms");
    expect(flows).toHaveLength(4);
    for (const line of flows) expect(line).toMatchObject({ flv: "", rmse_bottom: "", n_bottom: "0" });
    for (const line of flows) expect(Number(line.nse)).toBeLessThan(1);
    const text = logs(ran);
    expect(text).toMatch(
      /^Site 01435000, discharge_cms on test: the lowest observed flows are all equal\. Left empty: flv of \d models?$/m,
    );
    expect(text).toMatch(
      /^Site 01435000, discharge_cms on validation: no observation is below the 10th percentile\. Left empty: rmse_bottom, bias_bottom of /m,
    );
    expect(text).toContain(
      "Empty for discharge_cms on test: rmse_bottom (2 models), bias_bottom (2 models), flv (2 models), fdc_slope_observed (2 models). The logs of evaluate_predictions have the reasons",
    );
  });

  test("a run that ends without an answer says why: nothing observed in test", async () => {
    const ran = await runCase({
      change: (day) => {
        if (day.date >= "2017-10-01") day.flow = "";
      },
    });
    expect(ran.summary.outcome).toBe("done");
    expect(await ran.answer()).toBe(
      `e: no answer, since no site has an NSE of discharge_cms on test
Not counted: ${site} (nothing was observed in test)
Choose other days for test (partitions.test), or sites that have observations there.
Scores on validation: e/overall_metrics.csv`,
    );
    expect(logs(ran)).toContain(
      `No NSE of discharge_cms on test at 1 site: ${site} (nothing was observed in test)`,
    );
    expect(logs(ran)).toContain(
      `Site ${site}, discharge_cms on test: nothing was observed. Left empty: rmse, nse, `,
    );
  });

  test("sites without a score are named wherever sites are counted", async () => {
    const ran = await runCase(
      {
        sites: [site, "02037500", "03015500"],
        change: (day, id) => {
          if (id === "02037500" && day.date >= "2017-10-04") day.flow = "";
          if (id === "03015500" && day.date >= "2017-10-01") day.flow = "0.1";
        },
        settings: { statistics: { permutations: 99, resamples: 100 } },
      },
      ["report", "statistics"],
    );
    expect(ran.summary.failed).toEqual([]);
    const named =
      "02037500 (3 observed days in test, and a score needs 11), 03015500 (all observations in test are equal)";
    const answer = await ran.answer();
    expect(answer).toContain(`e: NSE of discharge_cms on test, 1 site, 1 seed\nNot counted: ${named}\n`);
    expect(answer).toContain("More: e/statistics/summary.md");
    const summary = readFileSync(join(ran.folder, "e/statistics/summary.md"), "utf8");
    const caveat = `2 sites have no NSE of discharge_cms on test, and no count includes them: ${named}.`;
    expect(summary).toContain("1 sites, one model per site");
    expect(summary).toContain(`- **Sites without a score**: ${caveat}`);
    expect(readFileSync(join(ran.folder, "e/report/assets/report.js"), "utf8")).toContain(caveat);
    for (const line of table(ran).filter(({ site_id }) => site_id === "03015500"))
      if (line.variable === "discharge_cms" && line.partition === "test")
        expect(line).toMatchObject({ nse: "", kge: "", r: "", alpha: "", log_nse: "", flv: "" });
  });
});

describe("values", () => {
  /** Every 37th day. */
  const sometimes = (i: number) => i % 37 === 36;

  test("a code for missing is refused in a temperature", async () => {
    const ran = await runCase({
      change: (day) => {
        if (sometimes(day.i)) day.other = "-999.9";
      },
    });
    expect(ran.summary.done).toBe(0);
    expect(ran.errors[0]).toContain(
      'temp_c holds a code for "missing": leave the field empty\n  value  "-999.9"',
    );
    expect(ran.errors[0]).toContain("date   2015-11-06");
  });

  test("a code for missing is refused in a column of any name", async () => {
    const ran = await runCase({
      observed: "discharge_cms,nitrate_mg_l",
      settings: { auxiliary: ["nitrate_mg_l"] },
      change: (day) => {
        if (sometimes(day.i)) day.other = "-888";
      },
    });
    expect(ran.errors[0]).toContain('nitrate_mg_l holds a code for "missing": leave the field empty');
  });

  test("-999999 cubic feet are refused as cubic metres too", async () => {
    const ran = await runCase({
      change: (day) => {
        if (sometimes(day.i)) day.flow = "-28316.8";
      },
    });
    expect(ran.errors[0]).toContain(
      'discharge_cms holds a code for "missing" after a conversion of units (-999999, cubic feet to cubic metres)',
    );
  });

  test("rain in m/s is kept, since it varies, and its unit is asked about", async () => {
    const ran = await runCase({
      driven: "pr,tmin_c,tmax_c",
      settings: { drivers: ["pr", "tmin_c", "tmax_c"] },
      change: (day) => {
        day.rain = (Number(day.rain) / 86_400_000).toExponential(6);
      },
    });
    expect(ran.summary.outcome).toBe("done");
    const told = ran.warnings.join("\n");
    expect(told).toContain("pr has an unlikely mean for precipitation in mm a day: is its unit m/s?");
    expect(told).not.toContain("dropped");
    const { x } = decodePrepared(readFileSync(join(ran.folder, `e/site_id_${site}/prepped_data.npz`)), "");
    expect(x[0]!.std).toBeGreaterThan(1e-9);
  });
});

describe("codes beside values", () => {
  const coded = { observed: "discharge_cms,discharge_cms_qualifiers,temp_c" };
  const told = ({ warnings }: CaseRun) => warnings.filter((text) => text.includes("maskQualifiers"));

  test("that are glued together are not masked, which is told", async () => {
    const ran = await runCase({
      ...coded,
      settings: { maskQualifiers: ["e"] },
      change: (day) => {
        day.code = ["Pe", "A", "A", "A", "Ae", "A", "A", "A"][day.i % 8]!;
      },
    });
    expect(ran.summary.outcome).toBe("done");
    expect(told(ran)).toEqual([
      `prep_io_data (site_id=${site}): maskQualifiers: "e" masks nothing of discharge_cms; the codes that occur: A (822 days), Pe (137 days), Ae (137 days). "Pe", "Ae" have it glued to another code: separate codes by blanks, or add them to maskQualifiers.`,
      `prep_io_data (site_id=${site}): maskQualifiers masks nothing of temp_c: the file has no column temp_c_qualifiers.`,
    ]);
  });

  test("that are a printed list are not masked, which is told", async () => {
    const ran = await runCase({
      ...coded,
      settings: { maskQualifiers: ["ICE"] },
      change: (day) => {
        day.code = day.i % 10 === 0 ? `"['ICE', 'ESTIMATED']"` : "";
      },
    });
    expect(told(ran)[0]).toContain(
      "\"ICE\" masks nothing of discharge_cms; the codes that occur: ['ICE' (110 days)",
    );
    expect(told(ran)[0]).toContain("write the codes alone, separated by blanks");
  });

  test("in a column that dataretrieval named are refused with its name", async () => {
    const dataretrieval = {
      observed: "discharge_cms,discharge_cms_cd,temp_c",
      settings: { maskQualifiers: ["e"] },
    };
    await expect(
      runCase({
        ...dataretrieval,
        change: (day) => {
          day.code = "A";
        },
      }),
    ).rejects.toThrow(
      /has no column of them[\s\S]*discharge_cms_cd[\s\S]*dataretrieval calls them \.\.\._cd/,
    );
  });
});

describe("ids", () => {
  test("that a spreadsheet made numbers are refused with the likely id, with and without sites.csv", async () => {
    const refused = 'the id is written as a number, as spreadsheets do: is it "01435000"? Write ids as text';
    for (const list of [null, ["1435000.0"]])
      await expect(runCase({ sites: ["1435000.0"], list })).rejects.toThrow(
        `Cannot use site "1435000.0": ${refused}`,
      );
  });

  test("with a slash are refused", async () => {
    await expect(runCase({ sites: ["a/b"] })).rejects.toThrow('Cannot use site "a/b": the id has a slash');
  });

  test("that lost a zero in one file are found", async () => {
    const ran = await runCase({ list: ["1435000"] });
    expect(ran.summary.done).toBe(0);
    expect(ran.errors[0]).toMatch(/^Cannot read site "1435000": ".*input_file.csv" has it as "01435000"/);
  });
});

describe("one bad site", () => {
  const bad: Case = {
    sites: [site, "02037500"],
    change: (day, id) => {
      if (id === "02037500" && day.date < "2016-12-31") day.flow = "";
    },
    settings: { statistics: { permutations: 99, resamples: 100 } },
  };
  const reason = 'its primary "discharge_cms" is never observed in the train partition';

  test("costs one site, and whatever is made names it with the reason", async () => {
    const ran = await runCase(bad, ["report", "statistics"]);
    const text = (file: string) => readFileSync(join(ran.folder, "e", file), "utf8");
    expect(ran.summary).toMatchObject({ outcome: "done", failed: [] });
    expect(ran.summary.optional).toHaveLength(1);
    expect(text("left_out.csv")).toBe(`site_id,reason\n02037500,"${reason.replaceAll('"', '""')}"\n`);
    const told = `1 of 2 sites: all counts are of these. Left out, since its data could not be prepared: 02037500 (${reason}).`;
    expect(text("about.txt")).toContain(told);
    expect(text("statistics/summary.md")).toContain(told);
    expect(text("report/assets/report.js")).toContain(told.replaceAll('"', '\\"'));
    expect(await ran.answer()).toContain(`1 site, 1 seed\n1 of 2 sites. Left out: 02037500 (${reason})\n`);
    expect(new Set(table(ran).map((line) => line.site_id))).toEqual(new Set([site]));
  });

  test("stops the run where it is strict", async () => {
    const ran = await runCase({ ...bad, settings: { strict: true } });
    expect(ran.summary.outcome).toBe("failed");
    expect(ran.errors[0]).toContain(reason);
    expect((await runCase({ ...bad, settings: { sitesMayFail: false } })).summary.outcome).toBe("failed");
  });

  test("can be left out by hand, which is told", async () => {
    const ran = await runCase({ ...bad, settings: { strict: true, exclude: ["02037500"] } });
    expect(ran.summary.outcome).toBe("done");
    expect(readFileSync(join(ran.folder, "e/left_out.csv"), "utf8")).toBe(
      "site_id,reason\n02037500,excluded by the config\n",
    );
    expect(await ran.answer()).toContain("1 site, 1 seed\nExcluded by the config: 02037500\n");
    await expect(runCase({ ...bad, settings: { exclude: ["2037500"] } })).rejects.toThrow(
      /Cannot exclude site "2037500": .* does not have it\n {2}closest {2}02037500/,
    );
    // The path is one that holds from every folder.
    await expect(runCase({ ...bad, settings: { sites: ["2037500"] } })).rejects.toThrow(
      /Cannot use site "2037500": "\/.*\/sites\.csv" does not have it\n {2}closest {2}02037500/,
    );
    await expect(runCase({ ...bad, settings: { exclude: bad.sites } })).rejects.toThrow(
      "exclude leaves none",
    );
  });

  test("alone leaves nothing, and the run fails", async () => {
    const ran = await runCase({ ...bad, settings: { sites: ["02037500"] } });
    expect(ran.summary.outcome).toBe("failed");
    expect(ran.errors.join("\n")).toContain("None of the files that it gathers could be made.");
  });
});

describe("dates", () => {
  const at = (i: number, date: string) => (day: { i: number; date: string }) => {
    if (day.i === i) day.date = date;
  };

  test.each([
    [
      "2015-02-29",
      "there is no 29 February 2015: does the calendar make every year a leap year, or have 360 days?",
    ],
    ["2015-10-11T13:00", "a date has a time of day: aggregate the values to one line per day"],
    ["2015-10-11T00:00:00+01:00", "a date has a time and a time zone"],
  ])("%s is refused in a sentence of its own", async (date, sentence) => {
    const ran = await runCase({ change: at(10, date) as Case["change"] & {} });
    expect(ran.errors[0]).toContain(sentence);
  });
});
