import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeNetcdf } from "../testing/netcdf.ts";
import { writeCamelsCl, writeCamelsGb, writeCamelsUs, writeCaravan } from "../testing/published-layouts.ts";
import { workplace } from "./testing.ts";

let at: ReturnType<typeof workplace>;
beforeEach(() => {
  at = workplace();
});
afterEach(() => at.remove());

describe("what is not as it should be", () => {
  const leftOut = async () => (await at.run()).leftOut;

  it("leaves out a site of CAMELS-US with one of its two files", async () => {
    writeCamelsUs(at.folder, { sites: ["01022500", "01547700", "02064000"] });
    rmSync(at.fileOf(/01547700_streamflow/));
    rmSync(at.fileOf(/02064000_lump/));
    expect(await leftOut()).toEqual([
      { site: "01547700", why: "no streamflow file" },
      { site: "02064000", why: "no daymet forcing file" },
    ]);
    rmSync(at.fileOf(/01022500_lump/));
    await expect(at.run()).rejects.toThrow(/no site can be imported(.|\n)*01022500 +no daymet forcing file/);
  });

  it("leaves out a site whose file is cut, empty or of another form, and says where", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2", "3", "4", "5"] });
    at.edit(/_2_2001/, (text) => text.slice(0, -40));
    at.edit(/_3_2001/, () => "");
    at.edit(/_4_2001/, (text) => text.replace("2001-10-04", "04/10/2001"));
    at.edit(/_5_2001/, (text) => text.replace(/^2001-10-02,[^,]*/m, "2001-10-02,wet"));
    const found = await leftOut();
    expect(found.map(({ site }) => site)).toEqual(["2", "3", "4", "5"]);
    for (const [i, why] of [
      /line 401 has 5 fields and the header 11\n +Is the file complete\? Download it again\./,
      /it is empty/,
      /line 5: "04\/10\/2001": a date is not written like 2018-01-31: the year is not first.*\n +Spreadsheets rewrite dates/,
      /line 3: precipitation holds "wet" instead of a number/,
    ].entries())
      expect(found[i]!.why).toMatch(why);
  });

  it("leaves out a site with two columns of one name, or a code for missing that is none of the data set", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2", "3", "4"] });
    at.edit(/_2_2001/, (text) => text.replace("peti", "pet"));
    at.edit(/_3_2001/, (text) => text.replace(/^(2001-10-02(?:,[^,]*){4},)[^,]*/m, "$1-888"));
    at.edit(/_4_2001/, (text) => text.slice(0, -1));
    const { leftOut: found, notes } = await at.run();
    expect(found.map(({ site }) => site)).toEqual(["2", "3"]);
    expect(found[0]!.why).toContain('it has two columns named "pet"\n  Use the file as it was published.');
    expect(found[1]!.why).toBe(
      'discharge_vol on 2001-10-02 is -888, which seems to be a code for "missing". Write -999 or leave the field empty, if it is one.',
    );
    expect(notes).toEqual(["The last line of a file does not end in a line feed: is it complete? Sites: 4."]);
  });

  it("names gaps in the drivers; days before and after them are left out", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2", "3"] });
    const without = (date: string) => (text: string) =>
      text.replace(new RegExp(`^${date},([^,]*),([^,]*),[^,]*`, "gm"), `${date},$1,$2,NaN`);
    at.edit(/_1_2001/, (text) => without("2001-10-01")(without("2002-11-04")(text)));
    at.edit(/_2_2001/, (text) => without("2001-12-24")(without("2001-12-25")(text)));
    at.edit(/_3_2001/, (text) => text.replace(/^2001-11-1\d.*\n/gm, ""));
    expect(await leftOut()).toEqual([
      {
        site: "2",
        why: "no temperature on 2001-12-24 and 1 more day, between its first and last day with drivers",
      },
      {
        site: "3",
        why: "no row for 2001-11-10 and 9 more days, between its first and last day with drivers",
      },
    ]);
    const days = at.lines("input_file.csv").map((line) => line.split(",")[1]!);
    expect([days[1], days.at(-1), days.length]).toEqual(["2001-10-02", "2002-11-03", 399]);
    const observed = at.lines("obs_file.csv").map((line) => line.split(",")[1]!);
    expect([observed[1], observed.at(-1)]).toEqual(["2001-10-11", "2002-11-03"]);
  });

  it("leaves attributes empty that stand for no value, and says so", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2"] });
    at.edit(/topographic_attributes/, (text) =>
      text.replace(/^1,.*$/m, (row) =>
        row
          .split(",")
          .map((cell, i) => (i === 0 ? cell : "-999"))
          .join(","),
      ),
    );
    const { notes } = await at.run();
    expect(notes).toContain("drainage_area_km2: -999 means no value, once; the field is left empty");
    expect(at.lines("sites.csv").join("\n")).not.toContain("-999");
  });

  it("leaves out drivers that a site lacks and no model needs", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2"] });
    at.edit(/_2_2001/, (text) => text.replace(/^(2002-01-01,[^,]*),[^,]*/m, "$1,NaN"));
    const { notes, sites } = await at.run();
    expect(sites).toEqual(["1", "2"]);
    expect(notes).toEqual([
      "pet_mm is not written: 2 has no pet on 2002-01-01, between its first and last day with drivers.",
    ]);
    expect(at.lines("input_file.csv")[0]).not.toContain("pet_mm");
    at.edit(/_2_2001/, (text) => text.replace("windspeed", "wind"));
    expect(await leftOut()).toEqual([{ site: "2", why: "no column windspeed" }]);
  });

  it("leaves out sites of Caravan without an area, since flow is in mm a day", async () => {
    await writeCaravan(at.folder, { sites: ["camels_1", "camels_2"] });
    at.edit(/attributes_other/, (text) => text.replace(/^camels_2.*\n/m, ""));
    expect(await leftOut()).toEqual([
      {
        site: "camels_2",
        why: "its flow is in mm a day, and the attributes have no area to convert it to m3/s",
      },
    ]);
    rmSync(join(at.folder, "attributes"), { recursive: true });
    await expect(at.run()).rejects.toThrow(
      /Cannot import Caravan from .*no site can be imported(.|\n)*camels_1 +its flow is in mm a day, and the attributes have no area/,
    );
  });

  it("reads NetCDF where a site of Caravan is there in both forms, and leaves out a cut file", async () => {
    const sites = ["camels_1", "camels_2"];
    await writeCaravan(at.folder, { sites });
    await writeCaravan(at.folder, { sites }, writeNetcdf);
    const path = at.fileOf(/^camels_2\.nc$/);
    writeFileSync(path, readFileSync(path).subarray(0, 3000));
    const { notes, leftOut: out } = await at.run();
    expect(notes).toContain("2 sites have both NetCDF and CSV files: the NetCDF files are used.");
    expect(out).toHaveLength(1);
    expect(out[0]!.why).toContain(
      `Cannot read "${path}": the HDF5 library cannot read it\n  it says  truncated file: eof = 3000,`,
    );
  });

  it("needs the files of flow and weather of CAMELS-CL, each once", async () => {
    writeCamelsCl(at.folder, { sites: ["5410002"] }, 2022);
    const tmin = at.fileOf(/^tmin/);
    cpSync(tmin, join(at.folder, "tmin_cr2met_day.csv"));
    await expect(at.run()).rejects.toThrow(
      /there are two files of tmin_cr2met\n +files +tmin_cr2met_C_day.csv, tmin/,
    );
    rmSync(tmin);
    rmSync(join(at.folder, "tmin_cr2met_day.csv"));
    rmSync(at.fileOf(/^q_m3s/));
    await expect(at.run()).rejects.toThrow(
      /it has no file of tmin_cr2met, streamflow_m3s or streamflow_mm\n +it has +precip_cr2met, tmax_cr2met, pet_hargreaves/,
    );
  });

  it("leaves out basins of CAMELS-CL without flow, and says what a cut file lacks", async () => {
    writeCamelsCl(at.folder, { sites: ["5410002", "9"] }, 2022);
    at.edit(/^q_m3s/, (text) => text.replace(/,[^,]*$/gm, ",").replace(/,$/m, ",9"));
    expect(await leftOut()).toEqual([{ site: "9", why: "no value of streamflow_m3s" }]);
    at.edit(/^tmax/, (text) => text.trimEnd().replace(/,[^,]*$/, ""));
    await expect(at.run()).rejects.toThrow(/tmax_cr2met_C_day.csv": line 401 has 5 fields and the header 6/);
  });

  it("says what is unknown without attributes", async () => {
    writeCamelsGb(at.folder, { sites: ["1", "2"] });
    at.edit(/topographic/, (text) => text.replace(/^2,.*\n/m, ""));
    for (const name of ["climatic", "hydrologic", "hydrometry"]) rmSync(at.fileOf(new RegExp(name)));
    expect((await at.run()).notes).toEqual(["The attributes do not list 2."]);
    rmSync(at.fileOf(/topographic/));
    const imported = await at.run();
    expect(imported.notes).toEqual([
      "There are no files of attributes of CAMELS-GB: no area is known, so the check cannot compare flow with precipitation.",
    ]);
    expect(at.lines("sites.csv")).toEqual([
      "site_id,name,latitude,longitude,elevation_m,drainage_area_km2,source",
      "1,,,,,,CAMELS-GB",
      "2,,,,,,CAMELS-GB",
    ]);
  });

  it("refuses a table of attributes that is cut, or of another form", async () => {
    writeCamelsGb(at.folder, { sites: ["1"] });
    at.edit(/climatic/, (text) => text.replace("gauge_id", "id"));
    await expect(at.run()).rejects.toThrow(
      /attributes.csv": it has no column "gauge_id"\n +header +id,p_mean/,
    );
    at.edit(/climatic/, (text) => `${text}1,`);
    await expect(at.run()).rejects.toThrow(/Is the file complete\? Download it again\./);
  });

  it("refuses two files of one site", async () => {
    writeCamelsGb(at.folder, { sites: ["1"] });
    mkdirSync(join(at.folder, "copy"));
    cpSync(
      at.fileOf(/_1_2001/),
      join(at.folder, "copy", "CAMELS_GB_hydromet_timeseries_1_20011001-20021104.csv"),
    );
    await expect(at.run()).rejects.toThrow(
      /there are two files for site 1\n +one +copy\/.*\n +other +timeseries\//,
    );
  });
});

describe("a file of CAMELS-US", () => {
  it.each([
    ["another basin", /^01022500/, "01022501"],
    ["text for flow", "-999.00", "Ice"],
    ["more fields", " M", " M x"],
  ])("streamflow: %s", async (_, from, to) => {
    writeCamelsUs(at.folder, { sites: ["01022500"] });
    at.edit(/streamflow/, (text) => text.replace(from, to));
    await expect(at.run()).rejects.toThrow(/no site can be imported(.|\n)*line 1 is not a day of 01022500/);
  });

  it.each([
    ["another head", /^.*\n/, "", "it does not begin like a CAMELS forcing file"],
    ["other columns", "prcp(mm/day)", "rain", "it does not begin like a CAMELS forcing file"],
    ["a short line", /\t\S+$/m, "", "line 5 is not a day with 11 fields"],
    ["no number", "\t0.00\t", "\tsnow\t", 'line 5: swe(mm) holds "snow" instead of a number'],
  ])("forcing: %s", async (_, from, to, message) => {
    writeCamelsUs(at.folder, { sites: ["01022500"] });
    at.edit(/forcing/, (text) => text.replace(from, to));
    await expect(at.run()).rejects.toThrow(message);
  });

  const calendar = "does the calendar make every year a leap year, or have 360 days?";
  it.each([
    [
      "streamflow",
      "2001 10 02",
      "2001 02 29",
      `line 2: "2001-02-29": there is no 29 February 2001: ${calendar}`,
    ],
    ["streamflow", /^.* 2001 10 02 .*\n/m, "$&$&", "line 3: 2001-10-02 occurs twice"],
    [
      "forcing",
      "2001 10 02",
      "2001 02 29",
      `line 6: "2001-02-29": there is no 29 February 2001: ${calendar}`,
    ],
    ["forcing", /^2001 10 02 .*\n/m, "$&$&", "line 7: 2001-10-02 occurs twice"],
    ["forcing", /^2001 10 01(.|\n)*/m, "$&$&", "line 405: 2001-10-01 does not come after 2002-11-04"],
  ])("%s: days that stand twice or nowhere cost the site: %s", async (file, from, to, why) => {
    writeCamelsUs(at.folder, { sites: ["01022500", "01547700"] });
    at.edit(new RegExp(`01022500.*${file}`), (text) => text.replace(from, to));
    const { leftOut } = await at.run();
    expect(leftOut.map(({ site }) => site)).toEqual(["01022500"]);
    expect(leftOut[0]!.why).toContain(`: ${why}`);
  });

  it("streamflow: a line without its code, and a code for missing that CAMELS does not use, cost the site", async () => {
    writeCamelsUs(at.folder, { sites: ["01022500", "01547700", "02064000"] });
    at.edit(/01547700_streamflow/, (text) => text.slice(0, -3));
    at.edit(/02064000_streamflow/, (text) => text.replace(/ [\d.]+ A/, " -888 A"));
    const { leftOut } = await at.run();
    expect(leftOut.map(({ site, why }) => [site, /": (.*)$/m.exec(why)![1]])).toEqual([
      ["01547700", "line 400 is not a day of 01547700"],
      ["02064000", 'line 11: streamflow on 2001-10-11 is -888, which seems to be a code for "missing"'],
    ]);
  });

  it("attributes: a site in two rows that differ, other separators, ids that lost their zeros", async () => {
    writeCamelsUs(at.folder, { sites: ["01022500"] });
    at.edit(/topo/, (text) => text.replaceAll("\n0", "\n"));
    at.edit(/name/, (text) => text.replaceAll("\n0", "\n"));
    expect((await at.run()).leftOut).toEqual([
      {
        site: "1022500",
        why: 'the attributes list it, but the id differs from "01022500" only by leading zeros: one of the two lost some',
      },
    ]);
    at.edit(/topo/, (text) => `${text}${text.split("\n")[1]!.replace("245", "999")}\n`);
    await expect(at.run()).rejects.toThrow("site 1022500 has two rows that differ");
    at.edit(/topo/, (text) => text.replaceAll(";", ","));
    await expect(at.run()).rejects.toThrow(
      /it has no column "gauge_id"(.|\n)*Use the file as it was published/,
    );
  });

  it("has missing flow where the value is -999 or the code M", async () => {
    writeCamelsUs(at.folder, { sites: ["01022500"] });
    at.edit(/streamflow/, (text) => text.replace("-999.00 M", "10.00 M").replace("-999.00 M", "10.00 A"));
    await at.run();
    expect(at.lines("obs_file.csv").slice(1, 4)).toEqual([
      "01022500,2001-10-01,,M",
      "01022500,2001-10-02,0.283168,A",
      "01022500,2001-10-03,,M",
    ]);
  });
});
