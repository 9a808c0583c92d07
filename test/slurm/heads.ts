/** Starts heads (engines with a command line) for tests on a cluster, and looks at what they made. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve as resolvePath } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Head {
  readonly process: ChildProcess;
  /** All that it has printed so far. */
  output(): string;
  /** Resolves with its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>;
}

export interface Site {
  readonly folder: string;
  /** Starts the same command; more arguments come after it. */
  start(...more: string[]): Head;
  read(path: string): string;
}

/** A working folder with a profile (or the path of one), and the command that is run in it. */
export function site(
  env: NodeJS.ProcessEnv,
  folder: string,
  workflow: string,
  args: readonly string[],
  settings: Record<string, unknown> | string,
): Site {
  mkdirSync(folder, { recursive: true });
  const profile = typeof settings === "string" ? settings : `${folder}.profile.yml`;
  if (typeof settings !== "string") writeFileSync(profile, JSON.stringify(settings));
  const file = resolvePath(import.meta.dirname, "workflows", workflow);
  return {
    folder,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    start(...more) {
      const words = [
        join(import.meta.dirname, "head.ts"),
        file,
        "--directory",
        folder,
        "--profile",
        profile,
        ...args,
        ...more,
      ];
      const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => {
          said += chunk.toString();
        });
      const ended = new Promise<number | string>((resolve) =>
        child.on("close", (code, signal) => resolve(code ?? signal ?? "")),
      );
      return { process: child, output: () => said, ended };
    },
  };
}

/** Waits until `is` is true; throws after `seconds`, or where the head ends before. */
export async function until(head: Head, what: string, is: () => boolean, seconds = 30): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!is()) {
    const over = head.process.exitCode !== null || head.process.signalCode !== null;
    if (over || Date.now() > end)
      throw new Error(
        `${over ? "The head ended" : `Waited ${seconds} s in vain`} until ${what}:\n${head.output()}`,
      );
    await sleep(100);
  }
}

/** How often each job of `pieces.ts` was started. */
export function starts({ folder }: Site): Map<number, number> {
  const counts = new Map<number, number>();
  const file = join(folder, "starts.txt");
  if (!existsSync(file)) return counts;
  for (const line of readFileSync(file, "utf8").trim().split("\n")) {
    const n = Number(line.split(" ")[0]);
    counts.set(n, (counts.get(n) ?? 0) + 1);
  }
  return counts;
}

/** What is wrong with the outputs of `pieces.ts`: not there, incomplete, or written by two processes. */
export function faults({ folder }: Site, jobs: number, pieces: number): string[] {
  const found: string[] = [];
  for (let n = 0; n < jobs; n++) {
    const file = join(folder, "made", String(n), "pieces.txt");
    if (!existsSync(file)) {
      found.push(`${n} is not there`);
      continue;
    }
    const lines = readFileSync(file, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" "));
    const order = lines.map(([, i]) => i).join();
    if (order !== Array.from({ length: pieces }, (_, i) => i).join())
      found.push(`${n} has the pieces ${order}`);
    if (new Set(lines.map(([, , who]) => who)).size > 1) found.push(`${n} was written by two`);
    if (lines.some(([of]) => Number(of) !== n)) found.push(`${n} holds another job's pieces`);
  }
  return found;
}

/** What a run that has ended must not leave behind. */
export function leftovers({ folder }: Site): string[] {
  return readdirSync(join(folder, ".braid")).filter((name) =>
    ["tasks", "staging", "trash", "lock"].includes(name),
  );
}
