/**
 * Experiment A's graph of 81,913 jobs with bodies that write a few bytes: the engine really runs them, to its middle as
 * fast as it can, from there on at the pace of a run that trains. Two jobs fail.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installEngine } from "../support/command.ts";
import { sampleSites } from "./sample-sites.ts";

const size = { sites: 101, factors: [0, 1, 5, 10, 20, 40, 80, 160, 320], seeds: 30 };

/**
 * Writes the workflow into an empty folder. `pace`: jobs a second of each slot, from the middle site on. With fewer
 * sites than experiment A's there are fewer jobs.
 */
export function writeStandIn(folder: string, pace: number, siteCount = size.sites): void {
  const sites = sampleSites(siteCount);
  installEngine(folder);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  writeFileSync(
    join(folder, "workflow.ts"),
    `import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";

const sites = ${JSON.stringify(sites)};
const slow = new Set(sites.slice(${Math.floor(siteCount / 2)}));
const failing = new Set(["${sites[Math.floor(siteCount / 5)]} 320 7", "${sites[Math.floor(siteCount / 3)]} 160 21"]);
const model = "expA/site_id_{site_id}/factor_{factor}/rand_seed_{seed}";

/** Writes a file; at the sites of the second half, when its time has come. */
async function made(site, output, text) {
  if (slow.has(site)) await new Promise((resolve) => setTimeout(resolve, ${1_000 / pace}));
  writeFileSync(output, text);
}

const prep_io_data = rule({
  output: "expA/site_id_{site_id}/prepped_data.npz",
  run: ({ output }) => writeFileSync(output, "prepared"),
});
const train_model = rule({
  input: prep_io_data.output,
  output: \`\${model}/trained_model\`,
  batch: 32,
  run: ({ output, wildcards }) => made(wildcards.site_id, output, "weights"),
});
const make_predictions = rule({
  input: [prep_io_data.output, train_model.output],
  output: \`\${model}/validation_preds.csv\`,
  batch: 32,
  run: ({ output, wildcards }) => made(wildcards.site_id, output, "predictions"),
});
const evaluate_predictions = rule({
  input: make_predictions.output,
  output: \`\${model}/validation_metrics.csv\`,
  batch: 32,
  run: async ({ output, wildcards: { site_id, factor, seed }, log }) => {
    log("epoch 7 of 100");
    if (failing.has([site_id, factor, seed].join(" "))) throw new Error("the loss is NaN in epoch 7");
    const nse = (0.4 + 0.01 * ((Number(seed) * 7) % 30)).toFixed(3);
    await made(site_id, output, \`site_id,factor,seed,nse\\n\${site_id},\${factor},\${seed},\${nse}\\n\`);
  },
});
const combine_metrics = rule({
  input: expand(evaluate_predictions.output, {
    site_id: sites,
    factor: ${JSON.stringify(size.factors)},
    seed: Array.from({ length: ${size.seeds} }, (_, seed) => seed),
  }),
  output: "expA/overall_metrics.csv",
  run: ({ output }) => writeFileSync(output, "gathered"),
});
export default workflow({
  rules: {
    all: rule({ input: combine_metrics.output }),
    ...{ combine_metrics, prep_io_data, train_model, make_predictions, evaluate_predictions },
  },
});
`,
  );
}
