/** Starts the project's own commands as a user does, and collects what they say. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  /** What it has written to standard output so far. */
  readonly text: () => string;
  readonly ended: Promise<Ended>;
}

/** Starts a TypeScript entry of the project with the Node that runs the tests. */
export function start(entry: string, args: readonly string[], folder: string): Started {
  const child = spawn(process.execPath, [join(root, "scripts/start.mjs"), entry, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { process: child, text: () => stdout, ended };
}

/** Runs `pnpm exp:a` with these arguments in a folder, to its end. */
export function experiment(args: readonly string[], folder: string): Promise<Ended> {
  return start("experiments/multitask/main.ts", args, folder).ended;
}

/** A new empty folder. */
export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), "braid-test-"));
}

/** Installs the engine, and the packages for its pages and for queues, in a folder. */
export function installEngine(folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  for (const name of ["engine", "pages", "cluster"])
    symlinkSync(join(root, "packages", name), join(folder, "node_modules", `braid-${name}`));
}

/** The job table of a dry run, by rule. */
export function jobTable(text: string): Record<string, number> {
  const rows = [...text.matchAll(/^([a-z_]+) +(\d+)(?: +\d+)?$/gm)].map(
    ([, rule, jobs]) => [rule!, Number(jobs)] as const,
  );
  return Object.fromEntries(rows);
}
