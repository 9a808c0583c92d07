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

describe("data:check", () => {
  it("prints a report and exits with 0 where a run can use the folder", async () => {
    await writeFolder("1.5", "2");
    const { code, out } = await run("check-data.ts", folder);
    expect(code).toBe(0);
    expect(out).toContain("The primary, which a run predicts: discharge_cms (pnpm data check --primary NAME");
    expect(out).toContain("01022500  2001-01-01  2001-01-02  2     0     1.5..2");
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

describe("data:parquet", () => {
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
    await fails("it holds no obs_file.parquet", "--out", out);
    await fails(`no folder to write to is given\n  For example: pnpm data parquet ${folder} --out`);
    await fails("the CSV files would stand beside the Parquet files", "--out", folder);
    await writeFolder("1");
    await writeFile(join(folder, "sites.parquet"), "");
    await fails("there are both a CSV and a Parquet file of that name", "--out", out);
    expect(existsSync(out)).toBe(false);
  });
});

describe("data:camels, data:fetch and data:sample", () => {
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
      err: expect.stringContaining("no basin has both of its files"),
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
