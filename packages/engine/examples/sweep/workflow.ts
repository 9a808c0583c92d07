/**
 * A hyper-parameter sweep: a small network is trained for every learning rate, width and seed, in batches;
 * the scores become one table, and the best setting over the seeds is named.
 *
 *   npx braid workflow.ts -n --quiet                       how many models that is
 *   npx braid workflow.ts
 *   npx braid workflow.ts --rates 0.01 0.03 0.1 0.3 -n     a value more trains only its own models
 *   npx braid workflow.ts results                          the best setting
 */
import { readFileSync, writeFileSync } from "node:fs";
import { expand, rule, workflow, z } from "braid-engine";
import { meanSquare, noisySine, train } from "./network.ts";

const header = "rate,width,seed,error\n";

export default workflow({
  config: z.strictObject({
    rates: z.array(z.number()).default([0.01, 0.03, 0.1]).describe("Learning rates"),
    widths: z.array(z.int()).default([2, 4, 8]).describe("Hidden units"),
    seeds: z.array(z.int()).default([0, 1, 2]).describe("Initial weights"),
    epochs: z.int().min(1).default(300),
  }),
  rules: ({ rates, widths, seeds, epochs }) => {
    const model = "models/rate_{rate}/width_{width}/seed_{seed}" as const;
    const fit = rule({
      output: `${model}.json`,
      params: { epochs },
      code: [new URL("./network.ts", import.meta.url)], // an edit there trains again
      batch: 16,
      run: ({ output, params, wildcards }) => {
        const { rate, width, seed } = wildcards;
        const weights = train(noisySine(1, 64), Number(width), Number(rate), params.epochs, Number(seed));
        writeFileSync(output, JSON.stringify(weights));
      },
    });
    const score = rule({
      input: fit.output,
      output: `${model}.csv`,
      batch: 64,
      run: ({ input, output, wildcards: { rate, width, seed } }) => {
        const error = meanSquare(JSON.parse(readFileSync(input, "utf8")), noisySine(2, 64));
        writeFileSync(output, `${header}${[rate, width, seed, error].join(",")}\n`);
      },
    });
    const table = rule({
      input: expand(score.output, { rate: rates, width: widths, seed: seeds }),
      output: "scores.csv",
      run: ({ input, output }) => {
        const rows = input.map((path) => readFileSync(path, "utf8").slice(header.length));
        writeFileSync(output, header + rows.join(""));
      },
    });
    return { all: rule({ input: table.output }), table, score, fit };
  },
  results: () => {
    const rows = readFileSync("scores.csv", "utf8").trim().split("\n").slice(1);
    const errors = new Map<string, number[]>();
    for (const row of rows) {
      const [rate, width, , error] = row.split(",");
      const setting = `rate ${rate}, width ${width}`;
      errors.set(setting, [...(errors.get(setting) ?? []), Number(error)]);
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const ranked = [...errors].map(([setting, values]) => [setting, mean(values)] as const);
    ranked.sort(([, a], [, b]) => a - b);
    return ranked.map(([setting, error]) => `${error.toFixed(4)}  ${setting}`).join("\n");
  },
});
