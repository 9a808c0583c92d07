/**
 * `pnpm test`: the checks of the sources (cached), then one vitest run over everything.
 * The last line is `N passed, N failed, N skipped` in every case, and a run of no test is no success.
 */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Counts, count, isSuccess, sentence } from "./test-counts.ts";

const help = `Usage: pnpm test [FILTER ...] [VITEST OPTION ...]

  Lint and type check of every package, layers and dead code (all cached), then all tests: unit tests and scenarios.
  A FILTER is a part of a test file's path: pnpm test engine
  Options go to vitest: pnpm test engine -t "a job whose input changed"
  --coverage prints a table of the lines, branches and functions that the tests of this run have reached.
  The last line tells how many tests passed, failed and were skipped; a failed check counts as one failure.
`;

const root = join(import.meta.dirname, "..");
const bin = join(root, "node_modules/.bin");
const tools = { turbo: "turbo/bin/turbo", vitest: "vitest/vitest.mjs" };

/** Runs a tool of this project on this Node, with its output passed on; resolves to its exit code. */
function run(
  tool: keyof typeof tools,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const child = spawn(process.execPath, [join(root, "node_modules", tools[tool]), ...args], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      ...env,
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

/** The folders that tests work in are made in one, which is removed at the end. */
async function runTests(args: readonly string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "braid-test-"));
  // As open as the system's own: some tests work as another user.
  chmodSync(folder, 0o755);
  const record = join(folder, "result.json");
  const env = { TMPDIR: folder, TMP: folder, TEMP: folder };
  const shown = args.some((arg) => arg.startsWith("--reporter")) ? [] : ["--reporter=default"];
  try {
    const options = [...shown, "--reporter=json", `--outputFile.json=${record}`, ...args];
    const code = await run("vitest", ["run", ...options], env);
    return count(readResult(record), code);
  } finally {
    remove(folder);
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    console.error(`Not all of ${folder} could be removed: ${(error as Error).message}`);
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

const args = process.argv.slice(2);
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
