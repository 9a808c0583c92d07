/**
 * A training script of one's own, in any language: here `train.py`, which knows nothing of Braid. A rule
 * calls it for every learning rate and seed, and packs the calls in batches: on a cluster, a batch is one task.
 *
 *   npx braid workflow.ts -j 4
 *   npx braid workflow.ts --epochs 500    params are compared: all models are trained again
 */
import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { expand, path, rule, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    data: path().default("data.csv").describe("The observations"),
    script: path().default("train.py").describe("The training script"),
    rates: z.array(z.number()).default([0.01, 0.1]),
    seeds: z.array(z.int()).default([0, 1, 2]),
    epochs: z.int().min(1).default(200),
  }),
  rules: ({ data, script, rates, seeds, epochs }) => {
    const train = rule({
      // The script is an input: models are trained again when it changes.
      input: { data, script },
      output: "models/rate_{rate}/seed_{seed}.json",
      params: { epochs },
      batch: 4,
      resources: { threads: 1 },
      retries: 1,
      timeout: 600,
      shell: `
        python3 {input.script:q} --data {input.data:q} --rate {wildcards.rate} --seed {wildcards.seed} \\
          --epochs {params.epochs} --model {output:q}
      `,
    });
    const rank = rule({
      input: expand(train.output, { rate: rates, seed: seeds }),
      output: "ranking.txt",
      run: async ({ input, output }) => {
        const models = await Promise.all(
          input.map(async (path) => ({ path, ...JSON.parse(await readFile(path, "utf8")) })),
        );
        models.sort((a, b) => a.error - b.error);
        writeFileSync(output, models.map(({ error, path }) => `${error.toFixed(4)}  ${path}\n`).join(""));
      },
    });
    return { all: rule({ input: rank.output }), rank, train };
  },
});
