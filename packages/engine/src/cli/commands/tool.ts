/** A program that a run may need, as `doctor` sees it: not found, found but failing, or at work. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { describeExit } from "../../programs/exit-status.ts";

export interface Tool {
  readonly works: boolean;
  /** Its first line where it works, else what is wrong with it. */
  readonly text: string;
}

/** Seconds that a tool may take to answer. */
const patience = 10;

export function probeTool(command: string, args: readonly string[], seconds = patience): Tool {
  const path = find(command);
  if (path === null) return { works: false, text: `${command} not found` };
  const { status, signal, error, stdout, stderr } = spawnSync(path, args, {
    encoding: "utf8",
    timeout: seconds * 1_000,
    killSignal: "SIGKILL",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status === 0) return { works: true, text: linesOf(stdout)[0] ?? path };
  // The last line says why a tool gave up; those before it, what it tried.
  const lastLine = linesOf(stderr).at(-1) ?? linesOf(stdout).at(-1);
  return {
    works: false,
    text: `${path} found, but ${failure()}${lastLine === undefined ? "" : `: ${lastLine}`}`,
  };

  function failure(): string {
    const { code } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === "ETIMEDOUT") return `it does not answer within ${seconds} s`;
    if (code === "ENOENT") return "it cannot be run: the program that its first line names does not exist";
    if (error !== undefined) return `it cannot be run (${code ?? error.message})`;
    return `it fails (${describeExit("it", status, signal).replace(/\.$/, "")})`;
  }
}

/** Where a shell would find it; one that may not be run is found where there is no other. */
function find(command: string): string | null {
  const folders = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "");
  const paths = folders.map((folder) => join(folder, command)).filter(isFile);
  return paths.find(isExecutable) ?? paths[0] ?? null;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function linesOf(text: string | null): string[] {
  return (text ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
