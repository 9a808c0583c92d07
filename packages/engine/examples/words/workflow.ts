/**
 * A text-processing pipeline of shell commands: the words of each text, counted; the counts of all texts,
 * added up; and the most frequent of them. Every step is a command that could be typed.
 *
 *   npx braid workflow.ts -j 4
 *   npx braid workflow.ts --top 5 -n      only the last step depends on `top`
 */
import { readdirSync } from "node:fs";
import { expand, path, rule, temp, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({
    texts: path().default("texts").describe("A folder of .txt files"),
    top: z.int().min(1).default(10).describe("How many words the table has"),
  }),
  // Which texts there are must be known before the rules are made.
  resolve: ({ texts, top }) => ({
    texts,
    top,
    names: readdirSync(texts)
      .filter((file) => file.endsWith(".txt"))
      .map((file) => file.slice(0, -".txt".length)),
  }),
  rules: ({ texts, top, names }) => {
    const split = rule({
      input: `${texts}/{name}.txt`,
      output: temp("counts/{name}.words"),
      shell: "tr -cs '[:alpha:]' '\\n' < {input:q} | tr '[:upper:]' '[:lower:]' | sed '/^$/d' > {output:q}",
    });
    const count = rule({
      input: split.output,
      output: "counts/{name}.tsv",
      shell: `sort {input:q} | uniq -c | awk -v OFS='\\t' '{{ print $2, $1 }}' > {output:q}`,
    });
    const add = rule({
      input: expand(count.output, { name: names }),
      output: "counts/all.tsv",
      shell: `awk -v OFS='\\t' '{{ sum[$1] += $2 }} END {{ for (word in sum) print word, sum[word] }}' {input:q} > {output:q}`,
    });
    const most = rule({
      input: add.output,
      output: "most.tsv",
      params: { top },
      // The first lines only: `head` would end `sort` early, which pipefail takes for a failure.
      shell: "sort -k2,2nr -k1,1 {input:q} | awk 'NR <= {params.top}' > {output:q}",
    });
    return { all: rule({ input: most.output }), most, add, count, split };
  },
});
