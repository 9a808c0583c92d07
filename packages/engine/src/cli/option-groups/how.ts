/** Options that say how jobs run on, how many at once, and what they book. */
import { availableParallelism } from "node:os";
import { type EngineOption, optionGroup } from "./own-option.ts";

export const executionOptions: readonly EngineOption[] = [
  ...optionGroup("How to make it", [
    {
      flag: "jobs",
      letter: "j",
      aliases: ["cores", "c"],
      takes: "maybe one",
      value: "[N]",
      text: `Threads to use at once; all, or no number: as many as there are [default: ${availableParallelism()}, this machine's cores]`,
    },
    {
      flag: "keep-going",
      letter: "k",
      takes: "nothing",
      text: "When a job fails, go on with those that do not depend on it. Also go on past missing sources and protected outputs, in a dry run too",
    },
    {
      flag: "retries",
      letter: "T",
      aliases: ["restart-times"],
      takes: "one",
      value: "N",
      text: "Try a failed job so many times again [default: 0]",
    },
    {
      flag: "prioritize",
      letter: "P",
      takes: "many",
      value: "WHAT ...",
      text: "Start these rules or files, and all that they need, before others",
    },
    { flag: "notemp", aliases: ["nt"], takes: "nothing", text: "Keep outputs that are marked temp()" },
  ]),
  ...optionGroup("What jobs book", [
    {
      flag: "resources",
      aliases: ["res"],
      takes: "many",
      value: "NAME=N ...",
      text: "How much there is of what rules book besides threads: --resources gpu=1 mem=16GB. mem and disk are a size with its unit, all others a number",
    },
    {
      flag: "set-threads",
      takes: "many",
      value: "RULE=N ...",
      text: "Threads of jobs of a rule, whatever it says: --set-threads train=4",
    },
    {
      flag: "set-resources",
      takes: "many",
      value: "RULE:NAME=N ...",
      text: "What jobs of a rule book, whatever it says: --set-resources train:mem=4GB train:runtime=4h (a number is minutes)",
    },
    {
      flag: "default-resources",
      aliases: ["default-res"],
      takes: "many",
      value: "NAME=N ...",
      text: "What jobs book where their rule says nothing of it: --default-resources mem=2GB",
    },
  ]),
];
