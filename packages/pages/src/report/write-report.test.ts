import { existsSync, mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataScript } from "../shared/data-script.ts";
import { inflated, scoreName, unpackNumbers } from "../shared/packed.ts";
import { outlineAround } from "./outline.ts";
import type { Report } from "./report.ts";
import { writeReport } from "./write-report.ts";

const scores = ["rmse", "nse", "kge"];

/** The size of experiment A: 27,270 models. */
function fullReport(synthetic: boolean): Report {
  return {
    experiment: "expA",
    synthetic,
    primary: "discharge_cms",
    units: {},
    variables: ["discharge_cms", "temp_c"],
    partitions: ["validation"],
    scores,
    sites: Array.from({ length: 101 }, (_, i) => ({
      id: String(1_022_500 + i).padStart(8, "0"),
      name: `Stream <${i}>`,
      latitude: 30 + (i % 15),
      longitude: -120 + i / 2,
      properties: { drainage_area_km2: 10 + i, elevation_m: null },
      texts: {},
    })),
    factors: [0, 1, 5, 10, 20, 40, 80, 160, 320],
    seeds: Array.from({ length: 30 }, (_, i) => i),
    models: 27_270,
    series: false,
    ...{ discharge: ["discharge_cms"], rain: null, opensAt: "01022500", commit: null },
    verdicts: null,
    caveats: [],
    compareWith: "",
    graph: { rules: [{ name: "train_model", jobs: 27_270 }], edges: [] },
    making: [],
  };
}

async function written(synthetic: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "braid-report-"));
  const cube = Float32Array.from({ length: 27_270 }, (_, i) => Math.sin(i));
  const at = (name: string) => join(folder, name);
  await writeReport({ page: at("index.html"), assets: at("assets") }, fullReport(synthetic), () => cube);
  return { at, cube };
}

test("a page over 27,270 models opens with less than a megabyte, and has each score in a file of its own", async () => {
  const { at, cube } = await written(true);
  const first = scoreName("validation", "discharge_cms", "nse");
  const opened = [
    "index.html",
    ...["page.css", "page.js", "report.js", "outline.js", `${first}.js`].map((f) => `assets/${f}`),
  ];
  const bytes = opened.reduce((sum, file) => sum + statSync(at(file)).size, 0);
  expect(bytes).toBeLessThan(1_000_000);
  for (const variable of ["discharge_cms", "temp_c"])
    for (const score of scores)
      expect(existsSync(at(`assets/${scoreName("validation", variable, score)}.js`))).toBe(true);
  let got: unknown;
  new Function("braidData", readFileSync(at(`assets/${first}.js`), "utf8"))(
    (name: string, value: unknown) => {
      got = [name, value];
    },
  );
  const [name, packed] = got as [string, unknown];
  expect(name).toBe(first);
  expect(unpackNumbers((await inflated(packed)) as { f32: string })).toEqual(cube);
});

test("synthetic data say so in the page's head, before any script runs; real data do not", async () => {
  const [made, real] = [await written(true), await written(false)].map(({ at }) =>
    readFileSync(at("index.html"), "utf8"),
  );
  expect(made).toMatch(/<title>[^<]*synthetic data/);
  expect(made).toContain("<strong>Synthetic data.</strong>");
  expect(real!.toLowerCase()).not.toContain("synthetic");
  expect(real).not.toMatch(/https?:/);
});

test("long data are compressed, and come back as they were", async () => {
  const value = { days: Array.from({ length: 2_000 }, (_, i) => i), text: "m³ </script>" };
  const text = dataScript("x", value);
  expect(text.length).toBeLessThan(JSON.stringify(value).length / 1.5);
  let got: unknown;
  new Function("braidData", text)((_: string, given: unknown) => {
    got = given;
  });
  expect(await inflated(got)).toEqual(value);
});

test("a text in the data cannot end the script or break its line", () => {
  const text = dataScript("x", { name: "</script>\u2028<b>" });
  expect(text).not.toContain("</script>");
  expect(text).not.toContain("\u2028");
  let got: unknown;
  new Function("braidData", text)((_: string, value: unknown) => {
    got = value;
  });
  expect(got).toEqual({ name: "</script>\u2028<b>" });
});

test("borders are drawn around sites of the contiguous United States, and nowhere else", async () => {
  const lines = await outlineAround([{ latitude: 44.6, longitude: -67.9 }]);
  expect(lines!.length).toBeGreaterThan(50);
  expect(JSON.stringify(lines).length).toBeLessThan(60_000);
  expect(await outlineAround([{ latitude: 64.8, longitude: -147.7 }])).toBeNull();
  expect(await outlineAround([])).toBeNull();
});
