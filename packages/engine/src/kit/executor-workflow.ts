/** The workflow that the checks of an executor run. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expand } from "../patterns/expand.ts";
import { rule } from "../rules/rule.ts";
import { workflow } from "../rules/workflow.ts";

const people = ["Ada", "Alan", "Grace"];

export default workflow({
  resolve: () => ({ greeting: "Hello" }),
  rules: ({ greeting }) => {
    const copy = rule({
      input: "in/{name}.txt",
      output: "out/copy_{name}.txt",
      params: { greeting },
      run: ({ input, output, params }) =>
        writeFileSync(output, `${params.greeting} ${readFileSync(input, "utf8")}`),
    });
    const joined = rule({
      input: expand(copy.output, { name: people }),
      output: "out/joined.txt",
      run: ({ input, output }) =>
        writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join(", ")),
    });
    /** Fails for Alan. */
    const some = rule({
      input: "in/{name}.txt",
      output: "out/some_{name}.txt",
      run({ output, wildcards, log }) {
        log(`Works on ${wildcards.name}`);
        if (wildcards.name === "Alan") throw new Error("there is no Alan");
        writeFileSync(output, wildcards.name);
      },
    });
    const again = rule({
      output: "out/again.txt",
      retries: 1,
      run({ output, attempt }) {
        if (attempt === 1) throw new Error("not the first time");
        writeFileSync(output, `attempt ${attempt}`);
      },
    });
    /** Fails for Alan, whose call has other jobs. */
    const together = rule({
      output: "out/together_{name}.txt",
      batch: 10,
      runBatch(batch) {
        for (const job of batch)
          if (job.wildcards.name === "Alan") job.fail(new Error("not in this batch"));
          else {
            writeFileSync(job.output, job.wildcards.name);
            job.done();
          }
      },
    });
    /** Never ends by itself. */
    const endless = rule({
      output: "out/endless.txt",
      timeout: 300,
      async run({ output }) {
        writeFileSync(output, "half");
        while (existsSync(output)) await setTimeout(20);
      },
    });
    return {
      joined,
      copy,
      some,
      all_some: rule({ input: expand(some.output, { name: people }) }),
      again,
      together,
      all_together: rule({ input: expand(together.output, { name: people }) }),
      endless,
    };
  },
});
