/**
 * `pnpm test`: the checks of the sources (cached), then one vitest run over everything.
 * The last line is `N passed, N failed, N skipped` in every case, and a run of no test is no success.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { type Counts, count, isSuccess, sentence } from "./test-counts.ts";

const help = `Usage: pnpm test [FILTER ...] [VITEST OPTION ...]

  Lint and type check of every package, layers and dead code (all cached), then all tests: unit tests and scenarios.
  A FILTER is a part of a test file's path: pnpm test engine
  Options go to vitest: pnpm test engine -t "a job whose input changed"
  The last line tells how many tests passed, failed and were skipped; a failed check counts as one failure.
`;

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");

/** Runs a tool of this project with its output passed on; resolves to its exit code. */
function run(tool: string, args: readonly string[]): Promise<number> {
  const child = spawn(join(bin, tool), args, {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
    },
  });
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`Cannot start ${tool}: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

async function checkSources(): Promise<boolean> {
  const tasks = ["lint", "typecheck", "lint:root", "lint:layers", "lint:unused", "typecheck:root"];
  const code = await run("turbo", [
    "run",
    ...tasks,
    "--continue=always",
    "--output-logs=new-only",
    "--ui=stream",
  ]);
  return code === 0;
}

async function runTests(args: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "braid-test-"));
  const record = join(folder, "result.json");
  const shown = args.some((arg) => arg.startsWith("--reporter")) ? [] : ["--reporter=default"];
  try {
    const code = await run("vitest", [
      "run",
      ...shown,
      "--reporter=json",
      `--outputFile.json=${record}`,
      ...args,
    ]);
    return count(readResult(record), code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What vitest wrote; undefined when it died before that. */
function readResult(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

const args = process.argv.slice(2).filter((arg, i) => i > 0 || arg !== "--");
if (args.includes("--help") || args.includes("-h")) {
  process.stdout.write(help);
} else {
  // Ctrl-C reaches the tools too: they end, then this does, with its last line.
  process.on("SIGINT", () => {});
  const sound = await checkSources();
  const tests = await runTests(args);
  const counts = { ...tests, failed: tests.failed + (sound ? 0 : 1) };
  if (!sound)
    console.error(
      "A check of the sources failed (lint, types, layers or dead code): see above, before the tests.",
    );
  if (tests.passed + tests.failed === 0) console.error("No test ran: that is no success.");
  console.log(sentence(counts));
  process.exitCode = isSuccess(counts) ? 0 : 1;
}
