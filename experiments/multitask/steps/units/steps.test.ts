import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";
import { expect, test } from "vitest";
import { checkPartitions, parseRange } from "../../sequences/partitions.ts";
import { batchOf, madeUpData, madeUpSites, newFolder } from "../../testing/made-up-data.ts";
import { evaluateUnits } from "./steps.ts";

const [first, last] = [parseDay("2002-10-01")!, parseDay("2003-03-31")!];
const params = {
  experiment: "expB",
  variables: ["discharge_cms", "temp_c"],
  discharge: ["discharge_cms"],
  partitions: checkPartitions({
    train: [parseRange("2000-10-01..2002-09-30")],
    validation: [parseRange("2002-10-01..2003-03-31")],
  }),
  mask: [],
  loss: "rmse",
} as const;

/** A folder of predictions of both made-up sites; `spoil` may change the lines of one. */
function predictions(folder: string, seed: number, spoil = (_: string, lines: string[]) => lines): string {
  const made = join(folder, `seed_${seed}`, "validation_preds");
  mkdirSync(made, { recursive: true });
  for (const site of madeUpSites) {
    const lines = Array.from(
      { length: last - first + 1 },
      (_, i) => `${site},${formatDay(first + i)},${5 + seed},${10 + (i % 3)},wasm`,
    );
    const text = ["site_id,date,discharge_cms,temp_c,backend", ...spoil(site, lines), ""].join("\n");
    writeFileSync(join(made, `validation_preds_${site}.csv`), text);
  }
  return made;
}

async function evaluate(spoil: (site: string, lines: string[]) => string[], more: object = {}) {
  const folder = newFolder();
  const observations = join(madeUpData(), "obs_file.csv");
  const jobs = [0, 1].map((seed) => ({
    input: { observations, predictions: predictions(folder, seed, seed === 1 ? spoil : undefined) },
    output: join(folder, `metrics_${seed}.csv`),
    wildcards: { unit: "all", factor: "1", seed: String(seed), partition: "validation" },
    params: { ...params, ...more },
  }));
  const { batch, ended } = batchOf(jobs);
  await evaluateUnits(batch);
  const lines = (seed: number) => readFileSync(jobs[seed]!.output, "utf8").trim().split("\n");
  return { ended, lines };
}

test("each model of a unit has a line per site and variable", async () => {
  const { ended, lines } = await evaluate((_, lines) => lines);
  expect(ended).toEqual(["done", "done"]);
  expect(lines(1).map((line) => line.split(",").slice(0, 9))).toEqual([
    ["experiment", "site_id", "factor", "seed", "partition", "variable", "trained", "backend", "n_obs"],
    ...madeUpSites.flatMap((site) =>
      params.variables.map((variable) => [
        ...["expB", site, "1", "1", "validation", variable, "yes", "wasm", String(last - first + 1)],
      ]),
    ),
  ]);
});

test("a model whose predictions lack a day, or have text, fails alone", async () => {
  const lacking = await evaluate((site, lines) => (site === madeUpSites[1] ? lines.slice(1) : lines));
  expect(lacking.ended[0]).toBe("done");
  expect((lacking.ended[1] as Error).message).toContain("it lacks 2002-10-01");
  const text = await evaluate((_, lines) => lines.with(3, lines[3]!.replace(",6,", ",six,")));
  expect(text.ended[0]).toBe("done");
  expect((text.ended[1] as Error).message).toContain('"discharge_cms" of 2002-10-04 is "six", not a number');
});

test("a site that lost windows to gaps is scored on its other days", async () => {
  const kept = {
    [madeUpSites[0]!]: { ...params.partitions, validation: [parseRange("2002-12-01..2003-03-31")] },
  };
  const { ended, lines } = await evaluate((_, lines) => lines, { kept });
  expect(ended).toEqual(["done", "done"]);
  const observed = lines(0)
    .slice(1)
    .map((line) => [line.split(",")[1], line.split(",")[8]]);
  expect(observed[0]).toEqual([madeUpSites[0], "121"]);
  expect(observed[2]).toEqual([madeUpSites[1], "182"]);
});
