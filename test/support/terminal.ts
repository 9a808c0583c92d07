/**
 * A command on a terminal of a given size, as a user sees it: `script` gives it a terminal, xterm.js carries out what it
 * writes. Works where util-linux is: `hasTerminal` says whether.
 */
import { spawn, spawnSync } from "node:child_process";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";

export const hasTerminal =
  process.platform === "linux" && spawnSync("script", ["-qec", "true", "/dev/null"]).status === 0;

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Viewed {
  /** All lines so far, those that were scrolled away included, without empty ones at the end. */
  lines(): string[];
  /** Lines that were wider than the terminal at any time. */
  readonly tooWide: ReadonlySet<string>;
  /** All that the command wrote, escape sequences included. */
  raw(): string;
  /** The colour of the first character of the text where it stands last: a number of the palette, null for the default. */
  colourOf(text: string): number | null;
  /** Types on the keyboard: `\x03` is Ctrl-C. */
  type(keys: string): void;
  /** Resolves when a line matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts a command; variables that are undefined in `env` are taken away. */
export function view(
  words: readonly string[],
  folder: string,
  { columns, rows }: TerminalSize,
  env: Readonly<Record<string, string | undefined>> = {},
): Viewed {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `stty cols ${columns} rows ${rows}; exec ${quoted}`;
  const plainEnv = { CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined, TERM: "xterm-256color" };
  const child = spawn("script", ["-qefc", line, "/dev/null"], {
    cwd: folder,
    env: { ...process.env, ...plainEnv, SHELL: "/bin/sh", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  const buffer = () => terminal.buffer.active;
  const tooWide = new Set<string>();
  const waiting = new Set<() => void>();
  let raw = "";

  const lineAt = (row: number) => buffer().getLine(row)?.translateToString(true) ?? "";
  const lines = () => {
    const all = Array.from({ length: buffer().length }, (_, row) => lineAt(row));
    while (all.at(-1) === "") all.pop();
    return all;
  };
  const look = () => {
    for (let row = 1; row < buffer().length; row++)
      if (buffer().getLine(row)?.isWrapped) tooWide.add(lineAt(row - 1) + lineAt(row));
    for (const each of waiting) each();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    terminal.write(text, look);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => terminal.write("", () => resolve(code)));
  });
  return {
    lines,
    tooWide,
    raw: () => raw,
    colourOf(text) {
      const row = lines().findLastIndex((each) => each.includes(text));
      const cell = buffer().getLine(row)?.getCell(lineAt(row).indexOf(text));
      if (cell === undefined) throw new Error(`no line has ${text}:\n${lines().join("\n")}`);
      return cell.isFgDefault() ? null : cell.getFgColor();
    },
    type: (keys) => void child.stdin.write(keys),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!lines().some((each) => pattern.test(each))) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        void ended.then(() => reject(new Error(`ended before ${pattern}:\n${lines().join("\n")}`)));
      }),
    ended,
  };
}
