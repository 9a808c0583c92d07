import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteFile } from "hyparquet-writer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "braid-data-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs a command of this package as a user does. */
function run(file: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, file), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

/** One site with these flows, a day each. */
async function writeFolder(...flows: string[]): Promise<void> {
  const rows = (values: readonly string[]) =>
    values.map((value, i) => `01022500,2001-01-0${i + 1},${value}\n`).join("");
  await writeFile(join(folder, "obs_file.csv"), `site_id,date,discharge_cms\n${rows(flows)}`);
  await writeFile(join(folder, "input_file.csv"), `site_id,date,prcp_mm\n${rows(flows.map(() => "2.5"))}`);
  await writeFile(join(folder, "sites.csv"), "site_id\n01022500\n");
}

describe("pnpm data check", () => {
  it("prints a report and exits with 0 where a run can use the folder", async () => {
    await writeFolder("1.5", "2");
    const { code, out } = await run("check-data.ts", folder);
    expect(code).toBe(0);
    expect(out).toContain("The primary, which a run predicts: discharge_cms (pnpm data check --primary NAME");
    expect(out).toContain("01022500  2001-01-01  2001-01-02  2     0       1.5..2");
    expect(out).toContain("No errors, 0 warnings");
  });

  it("exits with 1 where it cannot", async () => {
    await writeFolder("Ice");
    const { code, out } = await run("check-data.ts", "--", folder);
    expect(code).toBe(1);
    expect(out).toContain(
      'obs_file.csv, site 01022500: discharge_cms is not a number\n    first: line 2, 2001-01-01: "Ice"',
    );
  });

  it("exits with 1 where a site has nothing to learn from, of the primary that is named", async () => {
    await writeFolder("", "");
    const never = await run("check-data.ts", folder);
    expect(never.code).toBe(1);
    expect(never.out).toContain(
      "obs_file.csv, site 01022500: discharge_cms, the primary, was never observed: leave the site out, list the others under `sites:` of the config",
    );
    await writeFolder("1.5", "2");
    const other = await run("check-data.ts", folder, "--primary", "stage_m");
    expect(other.code).toBe(1);
    expect(other.out).toContain('it has no column "stage_m", the primary');
  });

  it("exits with 2 and says why when it is asked wrongly", async () => {
    expect(await run("check-data.ts")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage: pnpm data check"),
    });
    expect(await run("check-data.ts", folder, "--fast")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Unknown option '--fast'"),
    });
    expect(await run("check-data.ts", join(folder, "none"))).toMatchObject({
      code: 2,
      err: expect.stringContaining("the folder does not exist"),
    });
  });
});

describe("pnpm data parquet", () => {
  it("writes the CSV files of Parquet tables", async () => {
    parquetWriteFile({
      filename: join(folder, "obs_file.parquet"),
      columnData: [
        { name: "site_id", data: ["01022500"], type: "STRING" },
        { name: "date", data: ["2001-01-01"], type: "STRING" },
        { name: "discharge_cms", data: [0.5], type: "DOUBLE" },
      ],
    });
    await writeFile(join(folder, "sites.csv"), "site_id\n01022500\n");
    const out = join(folder, "csv");
    expect((await run("convert-data.ts", folder, "--out", out)).code).toBe(0);
    expect(await readFile(join(out, "obs_file.csv"), "utf8")).toBe(
      "site_id,date,discharge_cms\n01022500,2001-01-01,0.5\n",
    );
    expect(await readFile(join(out, "sites.csv"), "utf8")).toBe("site_id\n01022500\n");
  });

  it("says when there is nothing to write, or nowhere, or both forms are or would be there", async () => {
    const out = join(folder, "csv");
    const fails = async (message: string, ...args: string[]) =>
      expect(await run("convert-data.ts", folder, ...args)).toMatchObject({
        code: 2,
        err: expect.stringContaining(message),
      });
    await fails("it has no obs_file.parquet", "--out", out);
    await fails(`no folder to write to is given\n  For example: pnpm data parquet ${folder} --out`);
    await fails("the CSV files would be beside the Parquet files", "--out", folder);
    await writeFolder("1");
    await writeFile(join(folder, "sites.parquet"), "");
    await fails("there are both a CSV and a Parquet file of that name", "--out", out);
    expect(existsSync(out)).toBe(false);
  });
});

describe("pnpm data camels, fetch and sample", () => {
  it("teach how they are used", async () => {
    expect(await run("import-camels.ts", folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining("no folder to write to is given"),
    });
    expect(await run("import-camels.ts")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage: pnpm data camels FOLDER --out FOLDER"),
    });
    expect(await run("import-camels.ts", folder, "--out", folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining("it has no files of CAMELS-US"),
    });
    expect(await run("fetch-data.ts", "--sites", "01022500")).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        "Cannot fetch: --out, --from, --to are not given\n  pnpm data fetch --sites",
      ),
    });
    expect(await run("make-sample.ts", "--help")).toMatchObject({
      code: 0,
      out: expect.stringContaining("SYNTHETIC"),
    });
    expect(await run("make-sample.ts", "--seed", "-1.5")).toMatchObject({ code: 2 });
    expect(await run("make-sample.ts", "--seed", "x")).toMatchObject({
      code: 2,
      err: 'Cannot make the sample with seed "x": a seed is a whole number, 0 or more\n',
    });
    expect(existsSync(join(folder, "obs_file.csv"))).toBe(false);
  });

  it("plan a fetch into a folder that is not there, and leave none behind", async () => {
    const out = join(folder, "new", "usgs");
    const years = ["--from", "2000-10-01", "--to", "2001-09-30"];
    for (const where of [["--out", out], [`--out=${out}`]])
      expect(await run("fetch-data.ts", "--sites", "01022500", ...years, ...where, "-n")).toMatchObject({
        code: 0,
        out: expect.stringContaining("missing output raw/01022500/daily.json"),
      });
    expect(existsSync(join(folder, "new"))).toBe(false);
  });

  it("make the sample in a folder that is not there", async () => {
    const out = join(folder, "new", "sample");
    expect(await run("make-sample.ts", "--seed", "x", "--out", out)).toMatchObject({ code: 2 });
    expect(existsSync(out)).toBe(false);
    expect(await run("make-sample.ts", "--out", out)).toMatchObject({ code: 0 });
    expect(existsSync(join(out, "input_file.csv"))).toBe(true);
    // A data folder of its own, that a run can use and that says what it is.
    const { code, out: report } = await run("check-data.ts", out);
    expect(code).toBe(0);
    expect(report).toContain("SYNTHETIC data: made by a program, not measured");
    expect(report).not.toContain("synthetic ");
  });
});

describe("pnpm data import", () => {
  const importing = (...args: string[]) =>
    run("import-data.ts", join(folder, "a.csv"), "--out", join(folder, "out"), ...args);
  const table = (values: string) =>
    `gauge,date,Q_m3s,rain_mm\n${[1, 2, 3, 4, 5, 6, 7, 8, 9].map((day) => `01,2001-01-0${day},${day},${values}`).join("\n")}\n`;

  it("shows the mapping and stops; with --yes it writes a folder, checks it and says what to do next", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5"));
    const first = await importing();
    expect(first).toMatchObject({
      code: 2,
      out: expect.stringContaining("discharge_cms: { from: Q_m3s, unit: m3/s }"),
    });
    expect(first.err).toContain("If it is right, run the same command with --yes.");
    const { code, out } = await importing("--yes");
    expect(code).toBe(0);
    expect(out).toContain("No errors, 0 warnings: a run can use this folder");
    expect(out).toContain(
      `pnpm exp:a --configfile ${folder}/out/config.yml --directory runs/out --seeds 0..1`,
    );
    const config = await readFile(join(folder, "out/config.yml"), "utf8");
    expect(config).toContain("# pnpm exp:a --configfile THIS_FILE --directory runs/out\n");
    expect((await importing()).out).toContain("config.yml already exists and was not changed");
  });

  it("names what a config that was there lacks in the new data, and then nothing to do next", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5"));
    expect((await importing("--yes")).code).toBe(0);
    await rm(join(folder, "out/mapping.yml"));
    const other = table("1.5").replace("rain_mm", "tmax_c").replaceAll("\n01,", "\n02,");
    await writeFile(join(folder, "a.csv"), other);
    const config = join(folder, "out/config.yml");
    await writeFile(config, (await readFile(config, "utf8")).replace("sites: all", 'sites: ["01", "02"]'));
    const { code, out } = await importing("--yes");
    expect(code).toBe(1);
    expect(out).toContain(
      "Delete it before an import to get a new one.\nIt names columns or sites that the new data do not have:\n  expA: drivers prcp_mm: not in input_file.csv\n  expA: sites 01: not in sites.csv\n",
    );
    expect(out).not.toContain("Next:");
  });

  it("names the drivers of the new data that a config that was there does not use", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5").replace("rain_mm", "tmax_c"));
    expect((await importing("--yes")).code).toBe(0);
    await rm(join(folder, "out/mapping.yml"));
    await writeFile(join(folder, "a.csv"), table("1.5,9").replace("rain_mm", "tmax_c,rain_mm"));
    const { code, out } = await importing("--yes");
    expect(code).toBe(0);
    expect(out).toContain(
      "It does not use all of the new data; add what you want:\n  expA: in the data, and not among its drivers: prcp_mm\n",
    );
    expect((await importing()).out).toContain("among its drivers: prcp_mm");
  });

  it("names the sites and days of longer data that a config that was there does not use", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5"));
    expect((await importing("--yes")).code).toBe(0);
    const config = join(folder, "out/config.yml");
    await writeFile(config, (await readFile(config, "utf8")).replace("sites: all", 'sites: ["01"]'));
    const longer = `${table("1.5")}01,2001-01-10,3,1.5\n`;
    await writeFile(
      join(folder, "a.csv"),
      `${longer}${longer.split("\n").slice(1).join("\n").replaceAll(/^01/gm, "02")}`,
    );
    const { code, out } = await importing();
    expect(code).toBe(0);
    expect(out).toContain(
      "add what you want:\n  expA: in the data, and not among its sites: 02\n  expA: its partitions are from 2001-01-01 to 2001-01-09, and the data from 2001-01-01 to 2001-01-10\n",
    );
  });

  it("warns of columns that it does not use, and of flow without precipitation", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5,9,").replace("rain_mm", "tmax_c,wet,void"));
    const { code, out } = await importing("--yes");
    expect(code).toBe(0);
    expect(out).toContain(
      "input_file.csv: discharge_cms is flow, and no driver is precipitation by its name (tmax_c): add a column such as prcp_mm, or check the names of the columns",
    );
    expect(out).toContain(
      "a.csv: not used: wet. If the model needs it, name it under `columns` of mapping.yml and import again",
    );
    expect(out).toContain("No errors, 2 warnings: a run can use this folder\n");
  });

  it("says in its last words which sites are left out", async () => {
    const rows = table("1.5");
    await writeFile(
      join(folder, "a.csv"),
      `${rows}${rows
        .slice(rows.indexOf("\n") + 1)
        .replaceAll("01,2001", "0712,2001")
        .replace("1.5", "Eis?")}`,
    );
    const { code, out } = await importing("--yes");
    expect(code).toBe(0);
    expect(out).toContain("No errors, 0 warnings: a run can use this folder, 1 site; 1 left out: 0712\n");
  });

  it("exits with 1 where a model can learn from no site", async () => {
    const [, ...rows] = table("1.5").trimEnd().split("\n");
    const earlier = rows.map((row) => row.replace(/^01,2001-(.*),(.),1.5$/, "01,1999-$1,,1.5"));
    const flowAlone = rows.map((row) => row.replace(/1.5$/, ""));
    await writeFile(join(folder, "a.csv"), ["gauge,date,Q_m3s,rain_mm", ...earlier, ...flowAlone].join("\n"));
    const { code, out } = await importing("--yes");
    expect(code).toBe(1);
    expect(out).toContain(
      "obs_file.csv: a model can learn from none of the sites: do observations and drivers cover the same days, and has the primary different values there?\n",
    );
    expect(out).not.toContain("Next:");
  });

  it("exits with 1 where the drivers have gaps, and with 2 where it is asked wrongly", async () => {
    await writeFile(join(folder, "a.csv"), table("1.5").replace("01,2001-01-04,4,1.5\n", ""));
    const { code, out } = await importing("--yes");
    expect(code).toBe(1);
    expect(out).toContain(
      "input_file.csv, site 01: a day is missing between the first and the last\n    first: 2001-01-04",
    );
    expect(out).toContain(
      "Gaps in the drivers: `fillGaps: N` in the config interpolates gaps of up to N days",
    );
    expect(await run("import-data.ts")).toMatchObject({
      code: 2,
      err: expect.stringContaining("Usage: pnpm data import FILE..."),
    });
    expect(await run("import-data.ts", "a.csv")).toMatchObject({
      code: 2,
      err: expect.stringContaining("For example: pnpm data import a.csv --out data/mine"),
    });
  });
});
