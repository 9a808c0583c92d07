import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newFolder } from "../testing/files.ts";
import { type SiteRows, writeFolder } from "./write-folder.ts";

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

const columns = {
  variables: ["discharge_cms", "temp_c"],
  drivers: ["prcp_mm", "dayl_s"],
  attributes: ["name"],
};
const wishes = { by: "a test", primary: "discharge_cms" };
const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** A site with drivers on ten days and these flows and temperatures. */
function site(id: string, flows: readonly string[], temperature = ""): SiteRows {
  const date = (i: number) => `2001-01-${String(i + 1).padStart(2, "0")}`;
  return {
    site: id,
    attributes: [`River, ${id}`],
    observations: flows.map((flow, i) => ({ date: date(i), values: [flow, temperature] })),
    drivers: Array.from({ length: 10 }, (_, i) => ({ date: date(i), values: ["1.5", "3"] })),
  };
}

it("writes three files, and a config for the sites with flow to learn from", async () => {
  const { choices, days } = await writeFolder(
    folder,
    columns,
    [site("01", [..."1234567890"], "4"), site("02", ["", ""]), site("03", [])],
    { ...wishes, drivers: ["prcp_mm"] },
  );
  expect(days).toEqual({ from: "2001-01-01", to: "2001-01-10" });
  expect(choices).toEqual([
    { site: "01", why: null },
    { site: "02", why: "no discharge_cms from 2001-01-01 to 2001-01-06" },
    { site: "03", why: "no observations" },
  ]);
  expect(read("obs_file.csv").split("\n").slice(0, 2)).toEqual([
    "site_id,date,discharge_cms,temp_c",
    "01,2001-01-01,1,4",
  ]);
  expect(read("input_file.csv").split("\n")[1]).toBe("01,2001-01-01,1.5,3");
  expect(read("sites.csv")).toBe('site_id,name\n01,"River, 01"\n02,"River, 02"\n03,"River, 03"\n');
  const config = read("config.yml");
  expect(config).toContain('    sites: ["01"]\n');
  expect(config).toContain("    drivers: [prcp_mm]\n");
  expect(config).toContain("    auxiliary: [temp_c]\n    discharge: [discharge_cms]\n");
  expect(config).toContain("    factors: [0, 1, 5,");
});

it("writes a config that learns flow alone where no temperature was observed", async () => {
  await writeFolder(folder, columns, [site("01", ["1", "2"])], { ...wishes, discharge: ["discharge_cms"] });
  const config = read("config.yml");
  expect(config).toContain(
    "    # Nothing but discharge_cms was observed on the days to learn from, so there is no auxiliary to weigh.\n    factors: [0]\n",
  );
  expect(config).toContain(
    "    auxiliary: []\n    discharge: [discharge_cms]\n    drivers: [prcp_mm, dayl_s]\n",
  );
});

it("leaves a config alone that is there already, and writes none where no day has drivers", async () => {
  writeFileSync(join(folder, "config.yml"), "mine\n");
  const { keptConfig } = await writeFolder(folder, columns, [site("01", ["1", "2"])], wishes);
  expect(keptConfig).toBe(true);
  expect(read("config.yml")).toBe("mine\n");
  rmSync(join(folder, "config.yml"));
  const bare = { ...site("01", ["1", "2"]), drivers: [] };
  expect(await writeFolder(folder, columns, [bare], wishes)).toEqual({
    choices: [{ site: "01", why: null }],
    days: null,
    keptConfig: false,
  });
  expect(existsSync(join(folder, "config.yml"))).toBe(false);
});

it("begins the days of the config where half of the sites are observed, since weather may begin long before", async () => {
  const late = (id: string, from: number) =>
    site(
      id,
      Array.from({ length: 10 }, (_, i) => (i < from ? "" : String(i))),
    );
  const { days } = await writeFolder(folder, columns, [late("01", 1), late("02", 4), late("03", 6)], wishes);
  expect(days).toEqual({ from: "2001-01-05", to: "2001-01-10" });
});

it("leaves a site out of the config whose few days with drivers would be those of all sites", async () => {
  const all = site("01", [..."1234567890"]);
  const short = { ...site("02", [..."1234567890"]), drivers: [...all.drivers].slice(0, 4) };
  const longer = { ...site("03", [..."1234567890"]), drivers: [...all.drivers].slice(0, 5) };
  const { choices, days } = await writeFolder(
    folder,
    columns,
    [all, short, longer, site("04", ["1"])],
    wishes,
  );
  expect(days).toEqual({ from: "2001-01-01", to: "2001-01-05" });
  expect(choices.map(({ why }) => why)).toEqual([
    null,
    "drivers only from 2001-01-01 to 2001-01-04, less than half of the typical period",
    null,
    "discharge_cms is always the same from 2001-01-01 to 2001-01-03",
  ]);
  expect(read("config.yml")).toContain('    sites: ["01", "03"]\n');
});
