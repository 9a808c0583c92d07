import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "@braid/statistics";
import { expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { countVerdicts } from "./counts.ts";
import { grouped, readRegions, regionOf } from "./regions.ts";
import type { Verdict } from "./verdicts.ts";

const verdicts = (all: Record<string, Verdict>) => new Map(Object.entries(all));

test("sites are counted by verdict; refused ones apart", () => {
  const counts = countVerdicts(
    verdicts({ a: "better", b: "better", c: "worse", d: "no difference", e: "refused" }),
    null,
    100,
    random(1),
  );
  expect(counts).toEqual({
    better: { sites: 2, interval: null },
    "no difference": { sites: 1, interval: null },
    worse: { sites: 1, interval: null },
    refused: 1,
  });
});

test("two regions of one site each are drawn both, or one of them twice", () => {
  const counts = countVerdicts(
    verdicts({ a: "better", b: "no difference" }),
    [["a"], ["b"]],
    4_000,
    random(1),
  );
  expect(counts.better).toEqual({ sites: 1, interval: { low: 0, high: 2 } });
});

test("an interval over regions is wider than one over as many sites on their own", () => {
  const sites = Array.from({ length: 40 }, (_, i) => `s${i}`);
  // Whole regions agree: ten sites are better together.
  const all = new Map(sites.map((site, i): [string, Verdict] => [site, i < 10 ? "better" : "no difference"]));
  const width = (groups: string[][]) => {
    const { low, high } = countVerdicts(all, groups, 2_000, random(2)).better.interval!;
    return high - low;
  };
  const regions = [0, 10, 20, 30].map((from) => sites.slice(from, from + 10));
  expect(width(regions)).toBeGreaterThan(1.5 * width(sites.map((site) => [site])));
});

test("the region of a site is the first two digits of its code, as text", () => {
  expect(regionOf("01050002")).toBe("01");
  expect(regionOf("1060003")).toBe("01");
  expect(regionOf("17090012")).toBe("17");
  expect(regionOf("")).toBeNull();
  expect(regionOf("north")).toBeNull();
});

test("regions come from huc or huc_cd, and what cannot be grouped says why", async () => {
  const file = join(newFolder(), "sites.csv");
  const regions = (text: string) => {
    writeFileSync(file, text);
    return readRegions(file);
  };
  const two = await regions("site_id,huc_cd\n01,1060003\n02,17090012\n03,01090001\n");
  expect(grouped(["01", "02", "03"], two)).toEqual([["01", "03"], ["02"]]);
  expect(grouped(["01", "03"], two)).toBe("all sites are of one region");
  expect(grouped(["01", "04"], two)).toBe("sites.csv gives no hydrologic unit (huc or huc_cd) of 04");
  expect(grouped(["01"], await regions("site_id,name\n01,x\n"))).toContain(
    "no hydrologic unit (huc or huc_cd) of the sites",
  );
  expect(await readRegions(null)).toEqual(new Map());
});
