/** A case as a Snakefile, and its run by one long-lived process of the real Snakemake. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Case, jobName, type Settings, sinks, type Wildcard } from "./case.ts";

/** Snakemake's version; null where it cannot be imported by the system's Python. */
export function snakemakeVersion(): string | null {
  const { status, stdout } = spawnSync(python, ["-c", "import snakemake; print(snakemake.__version__)"], {
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : null;
}

const python = "/usr/bin/python3";

export interface Snakemake {
  /** Makes the default target in `folder`; resolves to the jobs that ran, sorted. */
  run(drawn: Case, settings: Settings, folder: string): Promise<string[]>;
  close(): void;
}

type Answer =
  | { readonly ran: readonly { readonly rule: string; readonly wildcards: Record<string, string> }[] }
  | { readonly error: string };

/** Starts Snakemake; its bodies are replaced, all that decides what runs is its own. */
export function startSnakemake(): Snakemake {
  const child: ChildProcess = spawn(python, [join(import.meta.dirname, "server.py")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.on("exit", (code) => {
    for (const { reject } of waiting) reject(new Error(`Snakemake's process ended (${code})`));
  });
  return {
    async run(drawn, settings, folder) {
      writeFileSync(join(folder, "Snakefile"), snakefile(drawn, settings));
      const answer = await new Promise<Answer>((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin!.write(`${JSON.stringify({ folder, targets: ["all"] })}\n`);
      });
      if ("error" in answer) throw new Error(`Snakemake: ${answer.error}`);
      return answer.ran.map(({ rule, wildcards }) => jobName(rule, wildcards)).sort();
    },
    // Snakemake takes SIGTERM for itself; its end of input is the way out.
    close: () => void child.stdin!.end(),
  };
}

function snakefile(drawn: Case, { values, params }: Settings): string {
  const spread = (pattern: string, over: readonly Wildcard[]) =>
    over.length === 0
      ? `"${pattern}"`
      : `expand("${pattern}", ${over.map((name) => `${name}=${JSON.stringify(values[name])}`).join(", ")}, allow_missing=True)`;
  const list = (entries: readonly string[]) => entries.map((entry) => `        ${entry},`).join("\n");
  const rules = drawn.rules.map(
    ({ name, outputs, inputs }) => `rule ${name}:
    input:
${list(inputs.map(({ pattern, gathered }) => spread(pattern, gathered)))}
    output:
${list(outputs.map((pattern) => `"${pattern}"`))}
    params: p=${params[name]}
    shell: "true"
`,
  );
  return `wildcard_constraints:
    a="[^/_.]+",
    b="[^/_.]+"

rule all:
    input:
${list(sinks(drawn).map(({ pattern, over }) => spread(pattern, over)))}

${rules.join("\n")}`;
}
