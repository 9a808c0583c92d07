/** A workflow of many short jobs, started by tests that kill it. Each job notes in `ran` that it was run to its end. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { directory, expand, rule, workflow } from "braid-engine";
import * as z from "zod";

const wait = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export default workflow({
  config: z.strictObject({ many: z.number().default(40), ms: z.number().default(10) }),
  rules: ({ many, ms }) => ({
    all: rule({ input: "all.txt" }),
    first: rule({
      output: "first/{x}.txt",
      params: { ms },
      batch: 5,
      run: ({ output, wildcards, params }) => {
        writeFileSync(output, `${wildcards.x}\n`.repeat(100));
        wait(params.ms);
        appendFileSync(output, "end\n");
        appendFileSync("ran", `first ${wildcards.x}\n`);
      },
    }),
    second: rule({
      input: "first/{x}.txt",
      output: directory("second/{x}"),
      params: { ms },
      run: async ({ input, output, wildcards, params }) => {
        const { mkdirSync } = await import("node:fs");
        mkdirSync(output, { recursive: true });
        writeFileSync(`${output}/a`, readFileSync(input));
        wait(params.ms);
        writeFileSync(`${output}/b`, wildcards.x);
        appendFileSync("ran", `second ${wildcards.x}\n`);
      },
    }),
    third: rule({
      input: "second/{x}",
      output: "third/{x}.txt",
      shell: "cat {input}/a {input}/b > {output}; echo third {wildcards.x} >> ran",
    }),
    gather: rule({
      input: expand("third/{x}.txt", { x: Array.from({ length: many }, (_, i) => i) }),
      output: "all.txt",
      run: ({ input, output }) =>
        writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join("")),
    }),
  }),
});
