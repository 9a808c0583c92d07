/** `pnpm mutation FOLDER ...`: changes the sources in small ways, and lists the changes that no test notices. */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import yargs from "yargs";
import { listMutants, sample } from "./mutants.ts";
import { isSettled, type Result, readRecord } from "./record.ts";
import { survivors, table } from "./report.ts";
import { runStryker } from "./stryker.ts";

const root = join(import.meta.dirname, "../..");
const record = join(root, "mutation.jsonl");

const options = await yargs(process.argv.slice(2))
  .scriptName("pnpm mutation")
  .usage(
    "Usage: $0 FOLDER_OR_FILE ... [OPTION ...]\n\nChanges the sources in small ways, and lists the changes that no test notices.\n" +
      "The results are in mutation.jsonl: to continue a stopped run, repeat the command.",
  )
  .demandCommand(1, "Name a folder or a file: pnpm mutation packages/engine/src/journal --sample 40")
  .options({
    sample: { type: "number", describe: "The number of mutants to draw from each folder [all]" },
    seed: { type: "string", default: "1", describe: "The same seed draws the same mutants" },
    every: {
      type: "boolean",
      default: false,
      describe:
        "Run all tests for each mutant, not only those that reach it: coverage misses code in other processes",
    },
    tests: { type: "string", array: true, describe: "Globs of the tests to use [those of the folder]" },
    workers: { type: "number", default: 2, describe: "The number of mutants to test at the same time" },
  })
  .strict()
  .version(false)
  .wrap(null)
  .parseAsync();

/** The sources of a folder or the one file, as paths from the root. Tests and their tools are no sources. */
function sourcesOf(path: string): string[] {
  const full = resolve(root, path);
  if (!existsSync(full))
    throw new Error(`Cannot test mutants of "${path}": there is no such folder or file.`);
  const files = statSync(full).isFile() ? [full] : globSync(join(full, "**/*.ts"));
  return files
    .map((file) => relative(root, file).replaceAll("\\", "/"))
    .filter(
      (file) => !/\.(test|types\.test|d)\.ts$|(^|\/)(node_modules|testing|bench|dist|assembly)\//.test(file),
    )
    .sort();
}

/** A hash of the tests that match the globs: their paths and texts. */
function hashTests(globs: readonly string[]): string {
  const files = globSync([...globs], { cwd: root, exclude: ["**/node_modules/**"] }).sort();
  if (files.length === 0) throw new Error(`Cannot test mutants: no test matches ${globs.join(" or ")}.`);
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Tests those mutants of one folder or file that the record does not settle; resolves with the results of all chosen ones. */
async function testFolder(path: string): Promise<Result[]> {
  const all = await listMutants(root, sourcesOf(path));
  const chosen = options.sample === undefined ? all : sample(all, options.sample, options.seed);
  const folder = statSync(resolve(root, path)).isFile() ? dirname(path) : path;
  const globs = options.tests ?? [`${folder}/**/*.test.ts`];
  const tests = hashTests(globs);
  const known = readRecord(record);
  const open = chosen.filter(({ key }) => !isSettled(known.get(key), tests));
  console.log(`${path}: ${open.length} of ${chosen.length} mutants to test with ${globs.join(", ")}`);
  if (open.length > 0) {
    const temporary = mkdtempSync(join(tmpdir(), "braid-mutation-"));
    try {
      const { every, workers } = options;
      await runStryker({ root, temporary, all, open, globs, every, workers, tests, record });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  const results = readRecord(record);
  return chosen.flatMap(({ key }) => results.get(key) ?? []);
}

const results: Result[] = [];
for (const path of options._.map(String)) results.push(...(await testFolder(path.replace(/\/+$/, ""))));
console.log(`\n${table(results)}\n\n${survivors(results)}`);
