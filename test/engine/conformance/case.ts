/** One case: a folder of files, workflows run in it by the engine, and what they did. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Rules } from "braid-engine";
import { dryRun, type PlanOptions, type RunOptions, run, type Summary } from "braid-engine/run";
import { onTestFinished } from "vitest";

export interface Case {
  readonly folder: string;
  /** Runs as Snakemake's own tests do: three at once, the default target. */
  run(rules: Rules, options?: Partial<RunOptions>): Promise<Summary>;
  plan(rules: Rules, options?: Partial<PlanOptions>): ReturnType<typeof dryRun>;
  /** Jobs done since the last call, in order. */
  ran(): string[];
  text(path: string): string;
  exists(path: string): boolean;
  write(path: string, text: string): void;
  /** Makes a file newer than everything. */
  touch(path: string): void;
}

export function newCase(files: Readonly<Record<string, string>> = {}): Case {
  const folder = mkdtempSync(join(tmpdir(), "braid-case-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  let done: string[] = [];
  let later = 0;
  const one: Case = {
    folder,
    run: (rules, options = {}) =>
      run({
        rules,
        folder,
        slots: 3,
        emit: (event) => void (event.kind === "done" && done.push(event.job)),
        ...options,
      }),
    plan: (rules, options = {}) => dryRun({ rules, folder, ...options }),
    ran() {
      const jobs = done;
      done = [];
      return jobs;
    },
    text: (path) => readFileSync(join(folder, path), "utf8"),
    exists: (path) => existsSync(join(folder, path)),
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    touch(path) {
      const time = Date.now() / 1_000 + 10 * ++later;
      utimesSync(join(folder, path), time, time);
    },
  };
  for (const [path, text] of Object.entries(files)) one.write(path, text);
  return one;
}
