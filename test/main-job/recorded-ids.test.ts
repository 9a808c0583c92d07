/**
 * The ids by which a working folder knows how its models were made. Where one of these changes, every user trains or
 * scores 27,270 models again: change them only on purpose, and say so in the changelog.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";

/** Params and code of each rule, as the journal has them. */
async function recordedIds(...options: string[]): Promise<Record<string, string>> {
  const folder = madeUpExperiment({ factors: [0, 1], seeds: "0", epochs: 1 });
  const { code, stdout } = await experiment(["statistics", "--configfile", "config.yml", ...options], folder);
  expect(code, stdout).toBe(0);
  const records = readFileSync(join(folder, ".braid/journal"), "utf8").matchAll(
    /"t":"done","trace":\{.*?"rule":"(\w+)".*?"params":"([^"]+)","code":"([^"]+)"/g,
  );
  return Object.fromEntries([...records].map(([, rule, params, text]) => [rule, `${params} ${text}`]));
}

test("models are known by the same params and code as ever", async () => {
  const whole = await recordedIds();
  expect(whole).toMatchObject({
    prep_io_data: "tISPjNKtx3JJPhIh LQq1gVCUPp6JEcZY",
    train_model: "cd0R-4XFm2-A_eDU Eq8EKzqr5eIosU19",
    make_predictions: "RBNvo1WzZ4oRRq0W 3IDCXEtZCX1wg71f",
    evaluate_predictions: "df3xRfZ29jljGqwu rmJff7awvicFu2IR",
    ensemble_predictions: "df3xRfZ29jljGqwu hm1v7nF217CEPUUI",
  });
  expect(await recordedIds("--strict")).toEqual(whole);
});

test("so are stores of models", async () => {
  const whole = await recordedIds("--layout", "packed");
  expect(whole).toMatchObject({
    prep_io_data: "tISPjNKtx3JJPhIh LQq1gVCUPp6JEcZY",
    train_model: "-Z5kVXGeW_2D_ul9 lY5sgXbkMJMsdR1Q",
    make_predictions: "tPxcnsUD_IbU5Ht4 OYZg-YRNjXib9feX",
    evaluate_predictions: "XV2EAPOs1IRkK6Cm NPDISJBpG2Sxn4tb",
    ensemble_predictions: "df3xRfZ29jljGqwu hm1v7nF217CEPUUI",
  });
  expect(await recordedIds("--layout", "packed", "--strict")).toEqual(whole);
});
