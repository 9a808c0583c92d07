/** A case as a workflow of this engine, and its run. */
import { writeFileSync } from "node:fs";
import { expand, type Rules, rule } from "braid-engine";
import { run } from "braid-engine/run";
import { type Case, jobName, type Settings, sinks, type Wildcard } from "./case.ts";

/** The rules; `onRun` hears of each job whose body runs, and gives the content of its outputs. */
function rulesOf(drawn: Case, { values, params }: Settings, onRun: (job: string) => string): Rules {
  const spread = (pattern: string, over: readonly Wildcard[]) =>
    over.length === 0
      ? pattern
      : expand(pattern, Object.fromEntries(over.map((name) => [name, values[name]])) as never);
  // The patterns are random: their types say nothing that the compiler could check.
  const any = rule as (spec: object) => Rules[string];
  return {
    all: any({ input: sinks(drawn).map(({ pattern, over }) => spread(pattern, over)) }),
    ...Object.fromEntries(
      drawn.rules.map(({ name, outputs, inputs }) => [
        name,
        any({
          input: inputs.map(({ pattern, gathered }) => spread(pattern, gathered)),
          output: outputs,
          params: { p: params[name] },
          run: (job: { output: readonly string[]; wildcards: Record<string, string> }) => {
            const content = onRun(jobName(name, job.wildcards));
            for (const path of job.output) writeFileSync(path, content);
          },
        }),
      ]),
    ),
  };
}

/** Makes the default target in `folder`; returns the jobs that ran, sorted. */
export async function runBraid(
  drawn: Case,
  settings: Settings,
  folder: string,
  content: () => string,
): Promise<string[]> {
  const ran: string[] = [];
  const rules = rulesOf(drawn, settings, (job) => {
    ran.push(job);
    return content();
  });
  const summary = await run({ rules, folder, slots: 2 });
  if (summary.outcome !== "done")
    throw new Error(`Braid: ${summary.outcome}: ${summary.failed.map((job) => job.error).join("\n")}`);
  return ran.sort();
}
