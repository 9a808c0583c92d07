/** Runs one shell command: as `bash -euo pipefail` would, in a process group of its own, its output in a log. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { prefixed, shellWord } from "../rules/shell-template.ts";
import type { Cost } from "./cost.ts";
import { describeExit } from "./exit-status.ts";
import { environmentOf, type JobMeans, type Kind, type ServeOptions, type Server, serve } from "./server.ts";

export interface ShellOptions extends ServeOptions, JobMeans {
  /** Words before `bash` that start it elsewhere: in a container, in a software environment. */
  readonly prefix?: string | undefined;
}

/** Resolves with what it cost when the command succeeded; else rejects with its exit code and the end of its log. */
export function runShell(command: string, options: ShellOptions): Promise<Cost> {
  const { log, prefix } = options;
  const own = prefix === undefined ? toBashInput(command) : `eval ${shellWord(prefixed(prefix, command))}`;
  const inside = `${exports(options)}exec </dev/null >>${shellWord(log)} 2>&1 3>&-; set -euo pipefail; ${own}`;
  const request = `(${inside}); code=$?; { times; echo "=$code"; } >&3\n`;
  // Where this process stands is where its commands do.
  return serve(bash, process.cwd(), () => request, options).catch((error: Error) => {
    if (error.message.includes("Argument list too long")) error.message += `\n${listHint}`;
    throw error;
  });
}

/** Runs a program that reads `source` from standard input. Errors name it "The script". */
export function runProgramText(program: string, source: string, options: ShellOptions): Promise<Cost> {
  // Of a program that a signal ends, a bash that waits for it would write the whole command to the log.
  return runShell(`exec ${program} <<<${shellWord(source)}`, options).catch((error: Error) => {
    error.message = error.message.replace(/^The command /, "The script ");
    throw error;
  });
}

/** `printf` is bash's own: no program is started with the long list. */
const listHint =
  "The system starts no program with so many arguments. Pass the paths as a stream: printf '%s\\n' {input:q} | xargs -d '\\n' cat; or use a `run` or `script` body, which gets any number of inputs.";

/**
 * A bash that runs one command after the other, each in a process of its own: forking a small bash costs a
 * fraction of starting one from here. It outlives SIGTERM, to tell when the command has ended.
 */
const bash: Kind<Server> = {
  name: "bash",
  watched: true,
  ended: (code, signal) => describeExit("The command", code, signal),
  start() {
    const stdio = ["pipe", "ignore", "ignore", "pipe"] as const;
    const child = spawn("bash", ["--norc", "--noprofile"], { stdio: [...stdio], detached: true });
    let used = 0;
    child.stdin!.write("trap : TERM INT HUP\n");
    return {
      child,
      answers: child.stdio[3] as Readable,
      read(text) {
        const code = Number(/=(\d+)\n$/.exec(text)?.[1] ?? Number.NaN);
        if (Number.isNaN(code)) return undefined;
        const cpu = childrenCpu(text) - used;
        used += cpu;
        if (code === 0) return { cpu };
        return { cpu, error: describeExit("The command", code), failure: { reason: "exit", exitCode: code } };
      },
    };
  },
};

/** What bash's `times` says of all children it has waited for, ms: the second of its lines, `1m2.003s 0m0.004s`. */
function childrenCpu(times: string): number {
  const line = times.split("\n")[1] ?? "";
  let ms = 0;
  for (const [, minutes, seconds, rest] of line.matchAll(/(\d+)m(\d+)[.,](\d{3})s/g))
    ms += Number(minutes) * 60_000 + Number(seconds) * 1_000 + Number(rest);
  return ms;
}

function exports(means: JobMeans): string {
  const words = Object.entries(environmentOf(means)).map(([name, value]) => `${name}=${shellWord(value)}`);
  return `export ${words.join(" ")}; `;
}

/** Words that begin a compound command, or run code that is not visible here. */
const reserved =
  "if|then|elif|else|fi|case|esac|for|select|while|until|do|done|in|function|time|coproc|source|\\.|eval|builtin|command";
const word = "[\\w./=:@%+,-]+";
const plainCommand = new RegExp(
  `^(?!(?:\\w+=\\S* +)*(?:${reserved})(?![\\w./=:@%+,-]))${word}(?: +${word}| *(?:>>|>|<) *${word})*$`,
);

/**
 * A command as the waiting bash reads it. A command that may not parse must not end that bash, and `$$` must not name it,
 * so it gets a bash of its own. Plain words and redirections need none: they always parse, and start a program at once.
 */
export function toBashInput(command: string): string {
  return plainCommand.test(command) ? command : prefixed("exec", command);
}
