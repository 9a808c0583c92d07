/** The shell lines that start a task's runner, the same for every queue. */
import { fileURLToPath } from "node:url";
import { compileCache, nodeProgram, shellWord } from "braid-engine/executor";

export interface ScriptOptions {
  readonly setup?: readonly string[] | undefined;
  readonly prefix?: string | undefined;
  readonly node?: string | undefined;
  /** The working folder, absolute. */
  readonly folder: string;
  readonly cpus: number;
  /** `<run>/<array>-<index>`, or shell text that becomes it. */
  readonly task: string;
}

export function taskScript({
  setup = [],
  prefix,
  node = nodeProgram(),
  folder,
  cpus,
  task,
}: ScriptOptions): string {
  const runner = fileURLToPath(
    new URL(`./runner-main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
  );
  const command = [node, runner, folder].map(shellWord).join(" ");
  return [
    "#!/bin/bash",
    ...guarded(setup),
    `export BRAID_CPUS=${cpus}`,
    // Makes the start of a runner a fifth cheaper.
    ...Object.entries(compileCache()).map(([name, folder]) => `export ${name}=${shellWord(folder)}`),
    `exec ${prefix === undefined ? "" : `${prefix} `}${command} ${task}`,
    "",
  ].join("\n");
}

/** A failing line ends the task and prints the reason, because jobs without their modules would fail with odd errors. */
function guarded(setup: readonly string[]): string[] {
  if (setup.length === 0) return [];
  const lines = setup.flatMap((line) => line.split("\n"));
  // A failure inside a function is reported with the line that called it; setup starts at the script's fifth line.
  const message = `echo "The task's setup failed (exit code $?): \${BRAID_SETUP[LINENO - 5]:-$BASH_COMMAND}" >&2`;
  return [
    `BRAID_SETUP=(${lines.map(shellWord).join(" ")})`,
    `trap ${shellWord(message)} ERR`,
    "set -e",
    ...lines,
    "set +e",
    "trap - ERR",
  ];
}
