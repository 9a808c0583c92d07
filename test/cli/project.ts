/** A folder with a small workflow, and the command `braid` started in it as a user does. */
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFailed, onTestFinished } from "vitest";
import { installEngine, root } from "../support/command.ts";

export const braidCommand = join(root, "packages/engine/bin/braid.js");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** The text of both streams so far. */
  said(): string;
  /** Resolves when the text of both streams so far matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<void>;
}

export interface ProjectFolder {
  readonly folder: string;
  write(path: string, text: string): void;
  read(path: string): string;
  start(...args: readonly string[]): Running;
  /** Runs `braid` to its end. */
  braid(...args: readonly string[]): Promise<Ended>;
}

/** A copy of a project's folder as it stands, times of files included. */
export function copyOf(original: ProjectFolder): ProjectFolder {
  const copy = project({});
  cpSync(original.folder, copy.folder, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !path.endsWith("node_modules"),
  });
  return copy;
}

/** A new folder in which `braid-engine` can be imported, with these files. */
export function project(files: Readonly<Record<string, string>>): ProjectFolder {
  const folder = mkdtempSync(join(tmpdir(), "braid-cli-"));
  installEngine(folder);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  const start = (...args: readonly string[]) => {
    const running = launch(folder, args);
    // A test that ends early leaves nothing behind, and says what the command had said.
    onTestFinished(() => void running.process.kill("SIGKILL"));
    onTestFailed(() => console.error(`braid ${args.join(" ")}\n${running.said()}`));
    return running;
  };
  return {
    folder,
    write,
    read: (path) => readFileSync(join(folder, path), "utf8"),
    start,
    braid: (...args) => launch(folder, args).ended,
  };
}

function launch(folder: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [braidCommand, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1" },
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  const heard = () => {
    for (const look of waiting) look();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    process: child,
    ended,
    said: () => stdout + stderr,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(stdout + stderr)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before ${pattern}:\n${stdout}${stderr}`)));
      }),
  };
}
