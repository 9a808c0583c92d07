/** Runs the shell command or the script of a job. Loaded only where a rule has one. */
import { dirname } from "node:path";
import type { Cost } from "../programs/cost.ts";
import type { ScriptJob } from "../programs/script.ts";
import { runShell, type ShellOptions } from "../programs/shell.ts";
import { type Script, scriptOf } from "../rules/code.ts";
import { type AnyRule, type BatchJob, prefixOf } from "../rules/rule.ts";
import { fillShell, shellTemplate } from "../rules/shell-template.ts";
import type { CallSpec, JobSpec } from "./executor.ts";

/** Resolves with what it has cost; rejects if it fails. `signal` ends it. */
export async function runProgram(
  rule: AnyRule,
  call: CallSpec,
  spec: JobSpec,
  job: BatchJob,
  signal: AbortSignal | undefined,
): Promise<Cost> {
  const log = spec.log ?? call.log;
  const { threads = 1 } = call.resources;
  const { gpus, timeout } = call;
  const prefix = prefixOf(rule) ?? (await environmentOf(rule, call));
  const options = { log, threads, gpus, timeout, signal, prefix };
  if (rule.shell === undefined)
    return runScript(scriptOf(call.rule, rule), { ...job, rule: call.rule }, options);
  return runShell(
    fillShell(shellTemplate(call.rule, rule.shell), { ...job, rule: call.rule, threads, log }),
    options,
  );
}

/** The words that start a command in the environment of its rule. */
async function environmentOf(spec: AnyRule, call: CallSpec): Promise<string | undefined> {
  if (spec.env === undefined) return undefined;
  const { environmentPrefix } = await import("../programs/environment.ts");
  const script = spec.script === undefined ? {} : { scriptFolder: dirname(scriptOf(call.rule, spec).path) };
  const place = { environments: call.environments!, usesGpu: call.gpus.length > 0, ...script };
  return environmentPrefix(call.rule, spec, place);
}

/** Loads what runs its language. */
async function runScript(script: Script, job: ScriptJob, options: ShellOptions): Promise<Cost> {
  switch (script.language) {
    case "Python":
      return (await import("../programs/script.ts")).runScript(script, job, options);
    case "R":
      return (await import("../programs/r.ts")).runR(script, job, options);
    case "notebook":
      return (await import("../programs/notebook.ts")).runNotebook(script, job, options);
  }
}
