/** Workflows for the scenarios of the command line. */

/** Sources a.txt and b.txt; `shout` makes upper case, `gather` puts both together. */
export const letters = `
import { readFileSync, writeFileSync } from "node:fs";
import { expand, rule, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    mark: z.string().default("!").describe("What each text ends with"),
    names: z.array(z.string()).default(["a", "b"]).describe("Which texts"),
  }),
  rules: ({ mark, names }) => {
    const shout = rule({
      input: "{name}.txt",
      output: "out/{name}.up",
      params: { mark },
      run: ({ input, output, params }) => {
        const text = readFileSync(input, "utf8").toUpperCase();
        writeFileSync(output, text + params.mark);
      },
    });
    const gather = rule({
      input: expand(shout.output, { name: names }),
      output: "out/all.txt",
      run: ({ input, output }) => writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join("\\n")),
    });
    return { all: rule({ input: gather.output }), gather, shout };
  },
});
`;

/** Twenty jobs of which each says that it has begun, and waits until the file `go` stands. */
export const waiting = `
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expand, rule, workflow } from "braid-engine";

const names = Array.from({ length: 20 }, (_, i) => String(i));
const wait = rule({
  output: "out/{name}",
  run: async ({ output, wildcards, log }) => {
    writeFileSync("begun_" + wildcards.name, "");
    while (!existsSync("go")) await setTimeout(10);
    if (wildcards.name === "13") {
      log("thirteen is next");
      throw new Error("unlucky");
    }
    writeFileSync(output, wildcards.name);
  },
});
const gather = rule({
  input: expand(wait.output, { name: names }),
  output: "all.txt",
  run: ({ output }) => writeFileSync(output, ""),
});
export default workflow({ rules: { all: rule({ input: expand(wait.output, { name: names }) }), gather, wait } });
`;
