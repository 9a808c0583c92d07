/**
 * Two rules: a greeting for each name, and all greetings in one file.
 *
 *   npx braid workflow.ts -n              what would be done, and why
 *   npx braid workflow.ts                 do it
 *   npx braid workflow.ts --names Ada Bob one name more: only what is new is made
 */
import { readFileSync, writeFileSync } from "node:fs";
import { expand, rule, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    names: z.array(z.string()).default(["Ada", "Grace"]).describe("Who is greeted"),
    greeting: z.string().default("Hello").describe("How"),
  }),
  rules: ({ names, greeting }) => {
    const greet = rule({
      output: "out/greeting_{name}.txt",
      params: { greeting },
      run: ({ output, params, wildcards }) =>
        writeFileSync(output, `${params.greeting}, ${wildcards.name}!\n`),
    });
    const gather = rule({
      input: expand(greet.output, { name: names }),
      output: "out/greetings.txt",
      run: ({ input, output }) =>
        writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join("")),
    });
    return { all: rule({ input: gather.output }), gather, greet };
  },
});
