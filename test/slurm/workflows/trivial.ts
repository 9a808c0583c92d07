/** Many jobs of next to no work, and a gather over them. */
import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";
import * as z from "zod";

export default workflow({
  config: z.strictObject({ made: z.number().int().positive().describe("How many jobs") }),
  rules: ({ made: jobs }) => {
    const square = rule({
      output: "squares/{n}.txt",
      run: ({ output, wildcards }) => writeFileSync(output, `${Number(wildcards.n) ** 2}\n`),
    });
    const sum = rule({
      input: expand(square.output, { n: Array.from({ length: jobs }, (_, n) => n) }),
      output: "sum.txt",
      run: async ({ input, output }) => {
        const { readFileSync } = await import("node:fs");
        const total = (input as unknown as readonly string[]).reduce(
          (all, path) => all + Number(readFileSync(path, "utf8")),
          0,
        );
        writeFileSync(output, `${total}\n`);
      },
    });
    return { all: rule({ input: sum.output }), square, sum };
  },
});
