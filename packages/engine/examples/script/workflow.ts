/**
 * Python scripts as the bodies of rules. Each job has a process of its own, a copy of an interpreter that has imported
 * what the script imports.
 *
 *   npx braid workflow.ts
 *   npx braid workflow.ts --prefix "uv run --with numpy"    the same in an environment of its own
 */
import { expand, path, rule, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    data: path().default("data.csv").describe("The observations"),
    rates: z.array(z.number()).default([0.01, 0.1]),
    seeds: z.array(z.int()).default([0, 1, 2]),
    epochs: z.int().min(1).default(200),
    prefix: z.string().default("env").describe("Words that start Python elsewhere"),
  }),
  rules: ({ data, rates, seeds, epochs, prefix }) => {
    const fit = rule({
      input: { data },
      output: { model: "fits/rate_{rate}/seed_{seed}.json", error: "fits/rate_{rate}/seed_{seed}.error" },
      params: { epochs },
      prefix,
      script: new URL("./fit.py", import.meta.url),
    });
    const rank = rule({
      input: expand(fit.output.error, { rate: rates, seed: seeds }),
      output: "ranking.txt",
      script: new URL("./rank.py", import.meta.url),
    });
    return { all: rule({ input: rank.output }), fit, rank };
  },
});
