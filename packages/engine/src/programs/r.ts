/** Runs one R script for one job, in a process of its own. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Script } from "../rules/code.ts";
import { AttemptError } from "../rules/retries.ts";
import { shellWord } from "../rules/shell-template.ts";
import type { Cost } from "./cost.ts";
import { RSource } from "./r-values.ts";
import type { ScriptJob } from "./script.ts";
import { runProgramText, type ShellOptions } from "./shell.ts";

/** Resolves with what it cost when the script ended well; else rejects with R's error and the line of the script. */
export function runR(script: Script, job: ScriptJob, options: ShellOptions): Promise<Cost> {
  const launcher = readFileSync(new URL("./launcher.R", import.meta.url), "utf8");
  const source = [launcher, jobSource(script, job, options)].join("\n");
  // A container may not see a file that was written for R here; standard input reaches it in any case.
  return runProgramText(`Rscript --vanilla -e ${shellWord(reader)}`, source, options).catch((error) => {
    const last = String(error.message)
      .split("\n")
      .findLast((line) => line.startsWith("Error"));
    if (error instanceof AttemptError && error.failure.reason === "exit" && fullMemory.test(last ?? ""))
      throw new AttemptError(error.message, { reason: "oom" });
    throw error;
  });
}

/** R's own error when it has run out of memory. */
const fullMemory = /^Error(?: in .*)?: cannot allocate (?:vector|memory block) of size /;

/** Read as a whole: R takes quadratic time over long statements that it reads line by line. */
const reader = 'eval(parse(text = readLines("stdin", encoding = "UTF-8"), keep.source = FALSE))';

/** The statements that give the launcher the job and the script. */
function jobSource(script: Script, job: ScriptJob, { threads, log }: ShellOptions): string {
  const r = new RSource();
  const files = (value: unknown, name: string) => `.braid$files(${r.of(value, name)})`;
  const items = (value: object, name: string) => `.braid$items(${r.of(value, name)})`;
  const slots = {
    rule: r.of(job.rule, "rule"),
    input: files(job.input, "input"),
    output: files(job.output, "output"),
    params: items(job.params, "params"),
    wildcards: items(job.wildcards, "wildcards"),
    resources: items(job.resources, "resources"),
    threads: r.of(threads, "threads"),
    attempt: r.of(job.attempt, "attempt"),
    log: files(log, "log"),
    config: r.of(job.params.config, "params.config"),
    scriptdir: r.of(dirname(script.path), "the folder of the script"),
  };
  // R of all versions splits lines at \n alone.
  const lines = script.text.replaceAll("\r\n", "\n").split("\n");
  const text = r.of(lines, "the text of the script");
  const filled = Object.entries(slots).map(([name, value]) => `${name} = ${value}`);
  const path = r.of(script.path, "the path of the script");
  return [...r.statements, `.braid$run(list(${filled.join(",\n")}), ${path}, ${text})\n`].join("\n");
}
