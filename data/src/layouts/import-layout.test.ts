import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { writeNetcdf } from "../testing/netcdf.ts";
import {
  writeCamelsCl,
  writeCamelsDe,
  writeCamelsGb,
  writeCamelsUs,
  writeCaravan,
} from "../testing/published-layouts.ts";
import { syntheticBasin } from "../testing/synthetic-basin.ts";
import { describeImport } from "./describe.ts";
import { importLayout } from "./import-layout.ts";
import { workplace } from "./testing.ts";

let at: ReturnType<typeof workplace>;
beforeEach(() => {
  at = workplace();
});
afterEach(() => at.remove());

const published = [
  {
    layout: "camels-us",
    sites: ["01022500", "01547700"],
    write: (sites: string[]) => writeCamelsUs(at.folder, { sites }),
    drivers: "prcp_mm,tmin_c,tmax_c,srad_wm2,vp_pa,dayl_s",
    site: "SYNTHETIC river,44.6,-67.9,133,250,01,245",
    fromFlow: ["q_mean", "runoff_ratio"],
  },
  {
    layout: "camels-gb",
    sites: ["1001", "39001"],
    write: (sites: string[]) => writeCamelsGb(at.folder, { sites }),
    drivers: "prcp_mm,tmean_c,srad_wm2,lrad_wm2,humidity_gkg,wind_ms,pet_mm,peti_mm",
    site: "SYNTHETIC river at Bridge,52.5,-1.5,61,250,2.4,0.6,VA,97,130",
    fromFlow: ["q_mean", "baseflow_index", "Q5", "zero_q_freq", "bankfull_flow", "q5_uncert_upper"],
  },
  ...([2018, 2022] as const).map((year) => ({
    layout: "camels-cl",
    sites: ["12930001", "5410002"],
    write: (sites: string[]) => writeCamelsCl(at.folder, { sites }, year),
    drivers: "prcp_mm,tmin_c,tmax_c,pet_mm",
    site: "Río SINTÉTICO,-33.4,-70.5,,250",
    fromFlow: ["q_mean"],
  })),
  {
    layout: "camels-de",
    sites: ["DE110000", "DEA10020"],
    write: (sites: string[]) => writeCamelsDe(at.folder, { sites }),
    drivers: "prcp_mm,tmin_c,tmax_c,srad_wm2,rh_percent,tmean_c,prcp_sd_mm",
    site: "SYNTHETISCH,48.1,9.5,460,250",
    fromFlow: ["q_mean", "Q95"],
  },
  ...[undefined, writeNetcdf].map((netcdf) => ({
    layout: "caravan",
    sites: ["camels_01022500", "lamah_7"],
    write: (sites: string[]) => writeCaravan(at.folder, { sites }, netcdf),
    drivers: "prcp_mm,tmin_c,tmax_c,net_srad_wm2,pressure_kpa,tmean_c,pet_mm",
    site: '"SYNTHETIC river, at Bridge",46.1,7.2,,250,nowhere,2.4,0.6,400',
    fromFlow: ["dis_m3_pyr", "run_mm_syr"],
  })),
];

describe.each(published)("a folder in the layout $layout", ({ layout, sites, write, ...expected }) => {
  it("is recognised and becomes a data folder without errors, flow in m3/s", async () => {
    await write(sites);
    const imported = await at.run();
    expect(imported).toMatchObject({ sites, leftOut: [], layout: { name: layout } });
    expect(imported.choices).toEqual(sites.map((site) => ({ site, why: null })));
    expect(imported.fromFlow).toEqual(expected.fromFlow);

    const drivers = at.lines("input_file.csv");
    expect(drivers[0]).toBe(`site_id,date,${expected.drivers}`);
    expect(drivers).toHaveLength(1 + 2 * 400);
    const days = syntheticBasin(sites[0]!, "2001-10-01", 400);
    const observations = at.lines("obs_file.csv").filter((line) => line.startsWith(`${sites[0]!},`));
    // The days before the first with flow are left out, but for CAMELS-US, where they have a code.
    const before = 400 - observations.length;
    expect(before).toBe(layout === "camels-us" ? 0 : 10);
    for (const [i, { date, flow, rain }] of days.entries()) {
      const [, on, cms] = observations[i - before]?.split(",") ?? [];
      // 1 mm a day over 250 km2 is 2.8935 m3/s; CAMELS-GB and -DE round to litres.
      if (Number.isNaN(flow)) expect(cms ?? "").toBe("");
      else {
        expect(on).toBe(date);
        expect(Math.abs(Number(cms) - (flow * 250) / 86.4)).toBeLessThan(0.001);
      }
      expect(Number(drivers[i + 1]!.split(",")[2])).toBe(rain);
    }
    expect(at.lines("sites.csv")[1]).toBe(`${sites[0]},${expected.site},${imported.layout.title}`);

    const config = at.lines("config.yml").map((line) => line.trim());
    expect(config).toEqual(
      expect.arrayContaining(["sites: all", "factors: [0]", "auxiliary: []", "discharge: [discharge_cms]"]),
    );
    const { findings } = await checkFolder(at.out);
    expect(findings).toEqual([]);
  });

  it("may be named, and another name is refused", async () => {
    await write(sites);
    expect((await at.run({ layout })).sites).toEqual(sites);
    const other = layout === "camels-de" ? "camels-gb" : "camels-de";
    await expect(at.run({ layout: other })).rejects.toThrow(
      new RegExp(`it has no files of CAMELS-(DE|GB)\n(.|\n)*it looks like +${layout}`),
    );
  });
});

// CAMELS-CL has no file per site.
describe.each(published.filter(({ layout }) => layout !== "camels-cl"))(
  "a folder with a file per site, in the layout $layout",
  ({ sites, write }) => {
    it("imports the other sites if one has no days, and names it", async () => {
      await write([...sites, sites[0]!.replace(/.$/, "9")].sort());
      const missing = sites[0]!.replace(/.$/, "9");
      for (const path of readdirSync(at.folder, { recursive: true }) as string[])
        if (/(csv|nc|txt)$/.test(path) && basename(path).includes(missing)) rmSync(join(at.folder, path));
      const { sites: imported, leftOut } = await at.run();
      expect(imported).toEqual(sites);
      expect(leftOut).toEqual([
        { site: missing, why: "the attributes list it, but it has no file of daily values" },
      ]);
    });
  },
);

describe("which layout a folder has", () => {
  it("is not guessed where nothing is known", async () => {
    writeFileSync(join(at.folder, "rivers.csv"), "a,b\n");
    await expect(at.run()).rejects.toThrow(
      `Cannot import "${at.folder}": its files match no known layout\n  camels-us  <id>_lump_cida`,
    );
    await expect(at.run()).rejects.toThrow("To import files of your own, name them: pnpm data import");
    writeFileSync(join(at.folder, "basin_timeseries.zip"), "");
    await expect(at.run()).rejects.toThrow("Unpack the archives first, basin_timeseries.zip for example.");
    await expect(at.run({ layout: "camels-gb" })).rejects.toThrow(
      /no files of CAMELS-GB(.|\n)*Unpack the archives/,
    );
    await expect(at.run({ layout: "camels-uk" })).rejects.toThrow(
      /Cannot use layout "camels-uk": no layout has this name(.|\n)*Did you mean camels-(us|gb)/,
    );
  });

  it("must be said where there are two", async () => {
    writeCamelsGb(at.folder, { sites: ["1001"] });
    writeCamelsDe(at.folder, { sites: ["DE110000"] });
    await expect(at.run()).rejects.toThrow(
      /it holds more than one data set\n +layouts +camels-gb, camels-de\n +Name one of them: --layout camels-gb/,
    );
    expect((await at.run({ layout: "camels-de" })).sites).toEqual(["DE110000"]);
  });

  it("needs a folder", async () => {
    rmSync(at.folder, { recursive: true });
    await expect(at.run()).rejects.toThrow(`Cannot import "${at.folder}": the folder does not exist`);
    writeFileSync(at.folder, "");
    await expect(at.run()).rejects.toThrow("it is a file, and a data set is a folder");
    rmSync(at.folder);
    mkdirSync(at.folder);
  });
});

describe("the forcings of CAMELS-US", () => {
  const site = { sites: ["01022500"] };

  it("are Daymet, or those that are named", async () => {
    writeCamelsUs(at.folder, site);
    for (const product of ["maurer", "nldas_extended"]) writeCamelsUs(at.folder, site, product);
    expect((await at.run()).notes).toContain(
      "Drivers are of daymet; also available: maurer, nldas_extended (--forcing).",
    );
    const daymet = at.lines("input_file.csv");
    at.edit(/maurer_forcing/, (text) => text.replace(/^(2001 10 01 12\t\S+\t)\S+/m, "$199.5"));
    const { notes } = await at.run({ forcing: "maurer" });
    expect(notes).toContain(
      "The archive's maurer has one temperature a day: tmin_c and tmax_c are the same. maurer_extended has both.",
    );
    expect(at.lines("input_file.csv")[1]).toContain("01022500,2001-10-01,99.5,");
    expect(at.lines("input_file.csv").slice(2)).toEqual(daymet.slice(2));
    await at.run({ forcing: "nldas_extended" });
    expect(at.lines("input_file.csv")).toEqual(daymet);
  });

  it("are refused where they are not there, or not known", async () => {
    writeCamelsUs(at.folder, site);
    await expect(at.run({ forcing: "nldas" })).rejects.toThrow(/it has no nldas forcing\n +it has +daymet/);
    await expect(at.run({ forcing: "era5" })).rejects.toThrow(
      /Cannot use forcing "era5": CAMELS-US has no forcing of this name\n +forcings +daymet, maurer, nldas, maurer_extended, nldas_extended/,
    );
    rmSync(join(at.folder, "basin_mean_forcing"), { recursive: true });
    await expect(at.run()).rejects.toThrow("it has streamflow and no forcing");
    rmSync(at.folder, { recursive: true });
    writeCamelsGb(at.folder, { sites: ["1001"] });
    await expect(at.run({ forcing: "daymet" })).rejects.toThrow(
      'Cannot use forcing "daymet": CAMELS-GB has one set of drivers: leave out --forcing',
    );
  });

  it("are read where the header of a Maurer file is cut", async () => {
    writeCamelsUs(at.folder, site, "maurer");
    await at.run();
    const whole = at.lines("input_file.csv");
    at.edit(/maurer_forcing/, (text) => text.replace(" SRAD(W/m2) SWE(mm) Tmax(C) Tmin(C) Vp(Pa)", " SRA"));
    await at.run();
    expect(at.lines("input_file.csv")).toEqual(whole);
  });
});

it("tells how far it is: each site is read twice", async () => {
  writeCamelsGb(at.folder, { sites: ["1", "2"] });
  const told: number[][] = [];
  const progress = (...counts: number[]) => told.push(counts);
  await importLayout(at.folder, at.out, { by: "a test", progress });
  expect(told).toEqual([0, 1, 2, 3].map((done) => [done, 4]));
});

it("tells what was imported, sites with the same reason in one line", async () => {
  writeCamelsGb(at.folder, { sites: ["1", "2", "3", "4"] });
  at.edit(/_2_2001/, (text) =>
    text
      .replace(/^([^,]*(,[^,]*){3}),[^,]*,[^,]*/gm, "$1,NaN,NaN")
      .replace(/NaN,NaN/, "discharge_spec,discharge_vol"),
  );
  for (const site of ["3", "4"]) rmSync(at.fileOf(new RegExp(`_${site}_2001`)));
  expect(describeImport(await at.run())).toBe(`CAMELS-GB (Coxon et al. 2020): 2 sites imported.

Left out, 2 sites:
  3, 4: the attributes list it, but it has no file of daily values

Left out of sites.csv, because they are computed from observed flow, which the model predicts:
  q_mean, baseflow_index, Q5, zero_q_freq, bankfull_flow, q5_uncert_upper`);
});

const genuine = fileURLToPath(new URL("../../../../shared/data/camels4", import.meta.url));

describe.skipIf(!existsSync(genuine))(
  "the genuine files of four basins of CAMELS-US (skipped without ../shared/data/camels4)",
  () => {
    it("become a data folder that has no errors", async () => {
      const sites = ["01022500", "01547700", "02064000", "03015500"];
      const imported = await importLayout(genuine, at.out, { by: "a test" });
      expect(imported).toMatchObject({ sites, leftOut: [], layout: { name: "camels-us" } });
      expect(imported.choices).toEqual(sites.map((site) => ({ site, why: null })));
      const observations = at.lines("obs_file.csv");
      // 255.00 cfs x 0.028316846592 = 7.22079588...
      expect(observations.slice(0, 2)).toEqual([
        "site_id,date,discharge_cms,discharge_cms_qualifiers",
        "01022500,2000-01-01,7.220796,A:e",
      ]);
      expect(observations).toHaveLength(1 + 4 * 1096);
      const drivers = at.lines("input_file.csv");
      expect(drivers.slice(0, 2)).toEqual([
        "site_id,date,prcp_mm,tmin_c,tmax_c,srad_wm2,vp_pa,dayl_s",
        "01022500,2000-01-01,0.00,-14.36,-2.36,189.56,202.51,31185.97",
      ]);
      expect(drivers.filter((line) => line.includes("2000-12-31"))).toHaveLength(4);
      expect(at.lines("sites.csv")[1]).toBe("01022500,CAMELS basin 01022500,44.82,,133,587.676,CAMELS-US");
      expect(at.lines("config.yml")).toContain("      train: 2000-01-01..2001-10-19");
      const { findings } = await checkFolder(at.out);
      expect(findings.filter(({ level }) => level === "error")).toEqual([]);
    });

    it("are left out of the config where no flow was measured on the days to learn from", async () => {
      cpSync(genuine, at.folder, { recursive: true });
      at.edit(/01547700_streamflow/, (text) => text.replace(/^(\d+ 200[01] .{6}).*$/gm, "$1 -999.00 M"));
      const why = "no discharge_cms from 2000-01-01 to 2001-10-19";
      const { choices } = await at.run();
      expect(choices.filter((choice) => choice.why !== null)).toEqual([{ site: "01547700", why }]);
      expect(at.lines("config.yml")).toContain('    sites: ["01022500", "02064000", "03015500"]');
    });
  },
);
