import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFolder } from "../check/check-folder.ts";
import { importCamels } from "./import-camels.ts";
import { parseForcing, parseStreamflow } from "./parse.ts";

const genuine = fileURLToPath(new URL("../../../../shared/data/camels4", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-camels-"));
});
afterEach(() => rm(folder, { recursive: true }));

const lines = async (name: string) =>
  (await readFile(join(folder, "out", name), "utf8")).trimEnd().split("\n");

describe.skipIf(!existsSync(genuine))(
  "the genuine files of four basins (skipped without ../shared/data/camels4)",
  () => {
    it("become a data folder that has no errors and says that temperature was never observed", async () => {
      const { sites, choices, incomplete } = await importCamels(genuine, join(folder, "out"));
      expect(choices).toEqual(sites.map((site) => ({ site, why: null })));
      expect(sites).toEqual(["01022500", "01547700", "02064000", "03015500"]);
      expect(incomplete).toEqual([]);
      const observations = await lines("obs_file.csv");
      expect(observations[0]).toBe("site_id,date,discharge_cms,discharge_cms_qualifiers,temp_c");
      // 255.00 cfs x 0.028316846592 = 7.22079588...
      expect(observations[1]).toBe("01022500,2000-01-01,7.220796,A:e,");
      expect(observations).toHaveLength(1 + 4 * 1096);
      const drivers = await lines("input_file.csv");
      expect(drivers.slice(0, 2)).toEqual([
        "site_id,date,prcp_mm,tmin_c,tmax_c,srad_wm2,vp_pa,dayl_s",
        "01022500,2000-01-01,0.00,-14.36,-2.36,189.56,202.51,31185.97",
      ]);
      expect(drivers.filter((line) => line.includes("2000-12-31"))).toHaveLength(4);
      expect((await lines("sites.csv"))[1]).toBe("01022500,CAMELS basin 01022500,44.82,133,587.676");
      const config = await lines("config.yml");
      expect(config).toContain("      train: 2000-01-01..2001-10-19");
      expect(config).toContain("    sites: all");
      const { findings } = await checkFolder(join(folder, "out"));
      expect(findings.filter(({ level }) => level === "error")).toEqual([]);
      expect(findings.filter(({ text }) => text === "temp_c was never observed")).toHaveLength(4);
    });

    it("are left out of the config where no flow was measured on the days to learn from", async () => {
      const from = join(folder, "camels");
      await cp(genuine, from, { recursive: true });
      const file = join(from, "01547700_streamflow_qc.txt");
      const text = await readFile(file, "utf8");
      await writeFile(file, text.replace(/^(\d+ 200[01] .{6}).*$/gm, "$1 -999.00 M"));
      const why = "no discharge_cms from 2000-01-01 to 2001-10-19";
      const { choices } = await importCamels(from, join(folder, "out"));
      expect(choices.filter((choice) => choice.why !== null)).toEqual([{ site: "01547700", why }]);
      const config = await lines("config.yml");
      expect(config).toContain(`    # 01547700: ${why}`);
      expect(config).toContain('    sites: ["01022500", "02064000", "03015500"]');
    });

    it("may lie in the folders of the archive; a basin with one file is left out and named", async () => {
      const from = join(folder, "camels");
      for (const [site, name, below] of [
        ["01022500", "lump_cida_forcing_leap", "basin_mean_forcing/daymet/01"],
        ["01022500", "streamflow_qc", "usgs_streamflow/01"],
        ["01547700", "streamflow_qc", "usgs_streamflow/02"],
      ] as const) {
        await mkdir(join(from, below), { recursive: true });
        await cp(join(genuine, `${site}_${name}.txt`), join(from, below, `${site}_${name}.txt`));
      }
      expect(await importCamels(from, join(folder, "out"))).toEqual({
        sites: ["01022500"],
        choices: [{ site: "01022500", why: null }],
        incomplete: ["01547700"],
      });
      await cp(join(genuine, "01022500_streamflow_qc.txt"), join(from, "01022500_streamflow_qc.txt"));
      await expect(importCamels(from, join(folder, "out"))).rejects.toThrow(
        "there are two files for basin 01022500",
      );
    });
  },
);

describe("a CAMELS file that is not as it should be", () => {
  const head =
    "  44.82\n 133.00\n 587675987\nYear Mnth Day Hr dayl(s) prcp(mm/day) srad(W/m2) swe(mm) tmax(C) tmin(C) vp(Pa)\n";

  it("has missing flow where the value is -999 or the code M", () => {
    const text = "01022500 2000 01 01  -999.00 M\n01022500 2000 01 02   10.00 A\n";
    expect(parseStreamflow("f", text, "01022500")).toEqual([
      { date: "2000-01-01", discharge_cms: "", qualifiers: "M" },
      { date: "2000-01-02", discharge_cms: "0.283168", qualifiers: "A" },
    ]);
  });

  it.each([
    ["another basin", "01022501 2000 01 01 1.0 A"],
    ["no date", "01022500 2000 02 30 1.0 A"],
    ["text for flow", "01022500 2000 01 01 Ice A"],
    ["more fields", "01022500 2000 01 01 1.0 A x"],
  ])("streamflow: %s", (_, line) => {
    expect(() => parseStreamflow("f", line, "01022500")).toThrow("line 1 is not a day of 01022500");
  });

  it("forcing: another head, a short line", () => {
    expect(() => parseForcing("f", "date,prcp\n")).toThrow(
      "it does not begin like a CAMELS Daymet forcing file",
    );
    expect(() => parseForcing("f", `${head}2000 01 01 12 31185.97 0.00\n`)).toThrow(
      "line 5 is not a day with 11 fields",
    );
    expect(() => parseForcing("f", `${head}2000 01 01 12 1 0.00 NaN 0 1 2 3\n`)).toThrow(
      "line 5 is not a day",
    );
  });

  it("no folder, no files", async () => {
    await expect(importCamels(join(folder, "none"), folder)).rejects.toThrow("the folder does not exist");
    await writeFile(join(folder, "x.txt"), "");
    await expect(importCamels(folder, join(folder, "out"))).rejects.toThrow("no basin has both of its files");
  });
});
