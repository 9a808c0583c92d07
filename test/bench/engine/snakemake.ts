/** The graph as a Snakefile: the blog's rules, with bodies that only create their outputs. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Scale, values } from "./graph.ts";

const site = "expA/site_id_{site_id}";
const model = `${site}/factor_{factor}/rand_seed_{seed}`;

export function writeSnakefile(folder: string, scale: Scale): void {
  const { sites, factors, seeds } = values(scale);
  const rule = (name: string, inputs: readonly string[], output: string) =>
    `rule ${name}:\n    input: ${inputs.join(", ")}\n    output: "${output}"\n    shell: "touch {output}"\n`;
  const text = (path: string) => `"${path}"`;
  const gather = `expand("${model}/validation_metrics.csv", site_id=${JSON.stringify(sites)}, factor=${JSON.stringify(factors)}, seed=${JSON.stringify(seeds)})`;
  writeFileSync(
    join(folder, "Snakefile"),
    [
      'rule all:\n    input: "expA/overall_metrics.csv"\n',
      rule("prep_io_data", ["obs_file.csv", "input_file.csv"].map(text), `${site}/prepped_data.npz`),
      rule("train_model", [text(`${site}/prepped_data.npz`)], `${model}/trained_model`),
      rule(
        "make_predictions",
        [`${site}/prepped_data.npz`, `${model}/trained_model`].map(text),
        `${model}/{partition}_preds.csv`,
      ),
      rule(
        "evaluate_predictions",
        ["obs_file.csv", `${model}/{partition}_preds.csv`].map(text),
        `${model}/{partition}_metrics.csv`,
      ),
      rule("combine_metrics", [gather], "expA/overall_metrics.csv"),
    ].join("\n"),
  );
}
