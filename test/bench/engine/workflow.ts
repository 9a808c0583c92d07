/** The graph as a workflow whose bodies only create their outputs: what is measured is the engine. */
import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";
import * as z from "zod";
import { fullScale, values } from "./graph.ts";

const number = (standard: number) => z.int().min(1).default(standard);

export default workflow({
  config: z.strictObject({
    sites: number(fullScale.sites).describe("How many sites"),
    factors: number(fullScale.factors).describe("How many factors"),
    seeds: number(fullScale.seeds).describe("How many seeds"),
    body: z.enum(["run", "shell", "script"]).default("run").describe("What makes the outputs"),
  }),
  rules: ({ body: kind, ...scale }) => {
    const { sites, factors, seeds } = values(scale);
    const body = {
      run: { batch: 1000, run: ({ output }: { output: string }) => writeFileSync(output, "") },
      shell: { shell: "touch {output}" },
      script: { script: new URL("./touch.py", import.meta.url) },
    }[kind];
    const site = "expA/site_id_{site_id}";
    const model = `${site}/factor_{factor}/rand_seed_{seed}` as const;
    const prep_io_data = rule({
      input: ["obs_file.csv", "input_file.csv"],
      output: `${site}/prepped_data.npz`,
      ...body,
    });
    const train_model = rule({
      input: prep_io_data.output,
      output: `${model}/trained_model`,
      ...body,
    });
    const make_predictions = rule({
      input: [prep_io_data.output, train_model.output],
      output: `${model}/{partition}_preds.csv`,
      ...body,
    });
    const evaluate_predictions = rule({
      input: ["obs_file.csv", make_predictions.output],
      output: `${model}/{partition}_metrics.csv`,
      ...body,
    });
    const combine_metrics = rule({
      input: expand(evaluate_predictions.output, {
        site_id: sites,
        factor: factors,
        seed: seeds,
        partition: "validation",
      }),
      output: "expA/overall_metrics.csv",
      ...body,
    });
    return {
      all: rule({ input: combine_metrics.output }),
      combine_metrics,
      evaluate_predictions,
      make_predictions,
      prep_io_data,
      train_model,
    };
  },
});
