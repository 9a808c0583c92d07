/** Whether each option of Snakemake is here, or is refused with what to do instead. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineOptions, namesOf } from "./option-table.ts";
import { readCommandLine } from "./options.ts";
import { snakemakeOptions } from "./unknown-options.ts";

const help = spawnSync("snakemake", ["--help"], { encoding: "utf8" }).stdout ?? "";
if (help === "") console.warn("Skipped: the options of Snakemake, which is not installed.");

const optionsOf = (argv: readonly string[]) => readCommandLine(argv).options([]);

/** True where the option is read, or refused with more than that nobody knows it. */
function isKnown(word: string): boolean {
  try {
    optionsOf([word]);
    return true;
  } catch (error) {
    return !(error as Error).message.includes("no option and no key of the config has this name");
  }
}

test.skipIf(help === "")("every option that the installed Snakemake's help lists is known", () => {
  const lines = help.split("\n").filter((line) => /^ {2}-/.test(line));
  const words = lines.flatMap((line) => line.match(/(?<=^|[ ,])--?[A-Za-z][\w-]*/g) ?? []);
  expect(words.length).toBeGreaterThan(150);
  expect(words.filter((word) => !isKnown(word))).toEqual([]);
});

test("so are those that came with Snakemake 8 and 9", () => {
  const words =
    `--apptainer-args --apptainer-prefix --benchmark-extended --consider-ancient --container-cleanup-images
    --default-storage-prefix --default-storage-provider --deploy-sources --deployment --deployment-method --executor
    --job-deploy-sources --keep-storage-local-copies --list-changes --list-rules --local-storage-prefix --logger
    --max-checksum-file-size --max-jobs-per-timespan --no-temp --not-retrieve-storage --omit-flags
    --persistence-backend --persistence-backend-db-url --preemptible-retries --queue-input-wait-time
    --remote-job-local-storage-prefix --replace-workflow-config --report-after-run --report-metadata --reporter
    --runtime-source-cache-path --scheduler-greediness --scheduler-subsample --sdm --seconds-between-status-checks
    --shared-fs-usage --software-deployment-method --strict-dag-evaluation --target-files-omit-workdir-adjustment
    --trust-io-cache --unneeded-temp-files --use-apptainer --wait-for-free-local-storage --workflow-profile`.split(
      /\s+/,
    );
  expect(words.filter((word) => !isKnown(word))).toEqual([]);
});

test("what is always so here may be asked for, in a profile too, and changes nothing", () => {
  const file = join(mkdtempSync(join(tmpdir(), "braid-profile-")), "p.yml");
  writeFileSync(file, "ri: true\nreason: true\nquiet: [rules, progress]\n");
  expect(optionsOf(["-nrp", "--rerun-incomplete", "a"])).toMatchObject({ words: ["a"], dryRun: true });
  expect({ ...optionsOf(["--ri", "--reason", "-r"]) }).toEqual({ ...optionsOf([]) });
  expect(optionsOf(["--profile", file])).toMatchObject({ words: [], quiet: true });
});

test("a word behind --quiet that Snakemake knows is no target, any other is one", () => {
  const read = (...argv: string[]) => {
    const { quiet, words, directory } = optionsOf(argv);
    return { quiet, words, directory };
  };
  const quiet = { quiet: true, words: [], directory: undefined };
  for (const word of ["rules", "progress", "all"]) {
    expect(read("--quiet", word)).toEqual(quiet);
    expect(read(`--quiet=${word}`)).toEqual(quiet);
    expect(read("-nq", word, "rules", "-k")).toEqual(quiet);
  }
  expect(read("all", "--quiet", "a.txt", "rules")).toEqual({ ...quiet, words: ["all", "a.txt", "rules"] });
  expect(read("--quiet", "--", "all")).toEqual({ ...quiet, words: ["all"] });
  expect(read("-qd", "all")).toEqual({ ...quiet, directory: "all" });
  expect(() => read("--quiet=maybe")).toThrow('Cannot read option "--quiet": its value is "maybe"');
});

test("as many jobs as one likes is told in numbers", () => {
  for (const argv of [
    ["-j", "unlimited"],
    ["--cores=unlimited", "--executor", "slurm"],
  ])
    expect(() => optionsOf(argv)).toThrow(
      `Cannot read option "--jobs": the number of jobs must be limited
  Give a number, or "all": one job per core, or 100 tasks in a queue.`,
    );
});

test("what is told instead is a sentence, and of no option that is here", () => {
  const own = new Set(engineOptions.flatMap(namesOf));
  for (const [name, hint] of snakemakeOptions) {
    expect(own.has(name), name).toBe(false);
    expect(hint).toMatch(/^[A-Z-].{10,120}[.]$/);
  }
});
