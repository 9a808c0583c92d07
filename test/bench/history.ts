/**
 * The figures of a benchmark, kept for later: one file per version of the engine, one line per call, in
 * `bench/history`. Ratios of figures from one call can be compared over years; seconds only on the same machine.
 */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../support/command.ts";

/** One call of a benchmark. */
export interface Entry {
  /** The command, like `bench engine`. */
  readonly bench: string;
  /** The words of its command line: figures of other options are other figures. Those with folders are left out. */
  readonly options: readonly string[];
  /** Programs beside it, by name, and what they say is their version. */
  readonly peers?: Readonly<Record<string, string>>;
  /** What it measured, with the ratios to the peers. */
  readonly figures: readonly object[];
}

/** Appends an entry to `FOLDER/VERSION.jsonl`, with the day, the machine and the commit; returns the file. */
export function record(folder: string, entry: Entry, day = new Date()): string {
  const { version } = JSON.parse(readFileSync(join(root, "packages/engine/package.json"), "utf8"));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${version}.jsonl`);
  const options = withoutFolders(entry.options);
  const line = {
    day: day.toISOString().slice(0, 10),
    commit: commit(),
    machine: machine(),
    ...entry,
    options,
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  return file;
}

/** The words without options that name places on this machine, and their values. */
function withoutFolders(words: readonly string[]): string[] {
  const place = /^--(record|folder|python)$/;
  return words.filter((word, i) => !place.test(word.replace(/=.*/, "")) && !place.test(words[i - 1] ?? ""));
}

/** What figures depend on. The host has no name here: the file is public. */
function machine() {
  const [first] = cpus();
  return {
    processor: first?.model ?? "unknown",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1e9),
    system: `${process.platform} ${arch()}`,
    node: process.versions.node,
  };
}

/** The commit that was measured, with a + if files differed from it; null outside a clone. */
function commit(): string | null {
  if (!existsSync(join(root, ".git"))) return null;
  const git = (...words: string[]) => spawnSync("git", words, { cwd: root, encoding: "utf8" }).stdout?.trim();
  const head = git("rev-parse", "--short=12", "HEAD");
  return head ? `${head}${git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+"}` : null;
}

/** The first line that each of these programs prints as its version. */
export function versionsOf(programs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    programs.map((program) => {
      const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
      return [program, stdout?.split("\n")[0] || "unknown"];
    }),
  );
}
