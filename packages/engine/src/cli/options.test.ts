import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type ConfigLeaf, configLeaves } from "../config/leaves.ts";
import { readCommandLine } from "./options.ts";

const leaves = configLeaves(
  z.strictObject({
    sites: z.array(z.string()),
    training: z.strictObject({ epochs: z.number() }),
    mask: z.boolean(),
  }),
  { sites: [], training: { epochs: 1 }, mask: false },
);
const optionsOf = (argv: readonly string[], leaves: readonly ConfigLeaf[]) =>
  readCommandLine(argv).options(leaves);
const read = (line: string) =>
  optionsOf(
    line.split(" ").filter((word) => word !== ""),
    leaves,
  );

describe("words", () => {
  test("without a command are targets of run", () => {
    expect(read("a b -n")).toMatchObject({ command: "run", words: ["a", "b"], dryRun: true });
    expect(read("run a")).toMatchObject({ command: "run", words: ["a"] });
  });

  test("after a command are that command's", () => {
    expect(read("why out/a --json")).toMatchObject({ command: "why", words: ["out/a"], json: true });
  });

  test("after -- are targets, whatever they look like", () => {
    expect(read("-R train -- out/a -x")).toMatchObject({ forceRules: ["train"], words: ["out/a", "-x"] });
  });

  test("after a leading -- are targets too, and numbers as they are written", () => {
    expect(read("-- 007 -n why")).toMatchObject({ words: ["007", "-n", "why"], dryRun: false });
  });
});

describe("options", () => {
  test("have Snakemake's letters and names", () => {
    expect(read("-n -q -k -f -F -T 2 -j 3 -R a b")).toMatchObject({
      dryRun: true,
      quiet: true,
      keepGoing: true,
      forceTargets: true,
      forceAll: true,
      retries: 2,
      jobs: 3,
      forceRules: ["a", "b"],
    });
    expect(read("-P a out/b").prioritize).toEqual(["a", "out/b"]);
    expect(read("--local-cores 2 -j 400")).toMatchObject({ localCores: 2, jobs: 400 });
    expect(read("--dryrun --cores 4")).toMatchObject({ dryRun: true, jobs: 4 });
    expect(read("-U a -O b c -w 5 --notemp")).toMatchObject({
      until: ["a"],
      omitFrom: ["b", "c"],
      latencyWait: 5,
      keepTemp: true,
    });
  });

  test.each(["-j", "-j all", "--cores all", "--cores -n", ""])("take all cores: %j", (line) => {
    expect(read(line).jobs).toBe(availableParallelism());
  });

  test("of the config are kept as texts, to be read by their schema", () => {
    expect(read("--sites 01022500 007 --training.epochs 20 --mask").config).toEqual(
      new Map<string, unknown>([
        ["sites", ["01022500", "007"]],
        ["training.epochs", "20"],
        ["mask", true],
      ]),
    );
    expect(read("--no-mask").config.get("mask")).toBe(false);
  });

  test.each(["true", "Yes", "ON", "1"])("that are flags take %s behind = as true", (word) => {
    const { dryRun, config } = read(`--mask=${word} -n=${word}`);
    expect([dryRun, config.get("mask")]).toEqual([true, true]);
  });

  test.each(["False", "no", "off", "0"])("that are flags take %s behind = as false", (word) => {
    const { dryRun, config } = read(`--mask=${word} --dryrun=${word}`);
    expect([dryRun, config.get("mask")]).toEqual([false, false]);
    expect(read(`a -- --mask=${word}`).words).toEqual(["a", `--mask=${word}`]);
  });

  test("of the config may be named by --config, as Snakemake spells them; their own come first", () => {
    const options = read("--config training.epochs=20 sites=[a,b] mask=yes --training.epochs 7");
    expect(options.config).toEqual(
      new Map<string, unknown>([
        ["sites", "[a,b]"],
        ["training.epochs", "7"],
        ["mask", "yes"],
      ]),
    );
    expect(options.repeat.join(" ")).toBe("--sites [a,b] --training.epochs 7 --mask yes");
    expect(readCommandLine(["--config", "directory=x", "jobs=3"]).early).toMatchObject({
      directory: undefined,
    });
  });

  test("of the config may be a letter, with two dashes", () => {
    const letters = configLeaves(
      z.strictObject({ k: z.number(), n: z.boolean(), p: z.array(z.string()), a: z.number() }),
      { k: 1, n: false, p: [], a: 1 },
    );
    const options = optionsOf("--k 3 --n=yes --p x y -k --a=2 -p".split(" "), letters);
    expect(options).toMatchObject({ keepGoing: true, dryRun: false, printCommands: true });
    expect(options.config).toEqual(
      new Map<string, unknown>([
        ["k", "3"],
        ["n", true],
        ["p", ["x", "y"]],
        ["a", "2"],
      ]),
    );
    expect(options.repeat.join(" ")).toBe("--k 3 --n --p x y --a 2");
    expect(optionsOf(["-n", "--no-n"], letters)).toMatchObject({
      dryRun: true,
      config: new Map([["n", false]]),
    });
  });

  test("of one letter are no keys of the config, and keys of one letter no options", () => {
    const letters = configLeaves(z.strictObject({ d: z.string(), h: z.boolean() }), { d: "", h: false });
    expect(readCommandLine(["--d", "x", "--h"]).early).toMatchObject({ directory: undefined, help: false });
    expect(optionsOf(["--d", "x", "--h"], letters)).toMatchObject({ directory: undefined, help: false });
    expect(() => read("--n")).toThrow(
      'Cannot read option "--n": no option and no key of the config has this name\n  Did you mean "-n"?',
    );
  });

  test("say what jobs of all rules and of one book", () => {
    const typed = "--default-resources mem_mb=9 --set-threads train=4 --set-resources train:gpu=1 prep:gpu=0";
    expect(read(typed).amounts).toEqual({
      defaults: { mem_mb: 9 },
      ofRules: new Map([
        ["train", { gpu: 1, threads: 4 }],
        ["prep", { gpu: 0 }],
      ]),
    });
  });

  test("name resources by name=number", () => {
    expect(read("--resources gpu=2 tapes=10").resources).toEqual(
      new Map([
        ["gpu", 2],
        ["tapes", 10],
      ]),
    );
  });

  test("say amounts with a unit, or in the number that is booked", () => {
    expect(read("--resources mem=16GB gpu=1 runtime=30").resources).toEqual(
      new Map([
        ["mem_mb", 16_000],
        ["gpu", 1],
        ["runtime", 30],
      ]),
    );
    const typed =
      "--default-resources mem=2GB runtime=4h --set-resources my-rule.x:mem=4GiB --set-threads my-rule.x=2";
    expect(read(typed).amounts).toEqual({
      defaults: { mem_mb: 2_000, runtime: 240 },
      ofRules: new Map([["my-rule.x", { mem_mb: 4_295, threads: 2 }]]),
    });
  });

  test("limit tasks in a span of time; parts of one are one in a longer span", () => {
    const limit = (text: string) => read(`--max-jobs-per-timespan ${text}`).taskLimit;
    expect(limit("100/1m")).toEqual({ tasks: 100, seconds: 60 });
    expect(limit("0.5/1s")).toEqual({ tasks: 1, seconds: 2 });
    expect(limit("2.5/0.5h")).toEqual({ tasks: 2, seconds: 1_440 });
    expect(read("").taskLimit).toBe(undefined);
  });

  test("for one job alone repeat where things are and what the config is", () => {
    expect(read("a -k -j 2 -d x --sites 1 2 --no-mask").repeat).toEqual([
      "--directory",
      "x",
      "--sites",
      "1",
      "2",
      "--no-mask",
    ]);
  });

  test.each([
    ["--rulegraph", { kind: "rulegraph", format: "dot" }],
    ["--dag svg", { kind: "dag", format: "svg" }],
    ["--report", { kind: "report", file: resolve("report.html") }],
    ["--report pages/one.html", { kind: "report", file: resolve("pages/one.html") }],
    ["--list-changes code params", { kind: "list changes", of: ["code", "params"] }],
    ["--summary", { kind: "summary" }],
    ["-l", { kind: "list rules", of: "all" }],
    ["--lt", { kind: "list rules", of: "targets" }],
    ["-D", { kind: "detailed summary" }],
    ["--list-untracked", { kind: "list untracked" }],
    ["-t", { kind: "touch" }],
    ["--delete-all-output", { kind: "delete", of: "all" }],
    ["--unlock", { kind: "unlock" }],
    ["", { kind: "make" }],
  ])("ask for one thing to do: %s", (line, action) => {
    expect(read(line).action).toEqual(action);
  });
});

describe("what is refused", () => {
  test.each([
    ["--jobs 0", 'Cannot read option "--jobs": "0" is not a whole number from 1'],
    ["-j 1 -j 2", 'Cannot read option "--jobs": it is given more than once'],
    ["--jobs many", 'Cannot read option "--jobs": "many" is not a whole number from 1'],
    ["--no-jobs", 'Cannot read option "--jobs": it needs a value'],
    ["-R", 'Cannot read option "--forcerun": it needs a value'],
    ["--local-cores 0", 'Cannot read option "--local-cores": "0" is not a whole number from 1'],
    ["-T -1", 'Cannot read option "--retries"'],
    [
      "--set-threads train=0",
      'Cannot read option "--set-threads": "train=0" is not of the form rule=number, from 1',
    ],
    [
      "--set-resources gpu=1",
      'Cannot read option "--set-resources": "gpu=1" is not of the form rule:name=amount',
    ],
    [
      "--default-resources gpu",
      'Cannot read option "--default-resources": "gpu" is not of the form name=amount',
    ],
    ["--resources gpu=two", 'Cannot read option "--resources": gpu is "two", which is not a number'],
    ["--resources gpu=1.5", 'Cannot read option "--resources": gpu is "1.5", which is not a number'],
    ["--resources mem=2000", 'Cannot read option "--resources": mem is 2000, which has no unit'],
    [
      "--default-resources mem=1GB mem_mb=1",
      'Cannot read option "--default-resources": mem and mem_mb are the same resource',
    ],
    [
      "--set-resources a:runtime=soon",
      'Cannot read option "--set-resources": runtime is "soon", which is not a time',
    ],
    ["--resources gpu", 'Cannot read option "--resources": "gpu" is not of the form name=amount'],
    ["--rerun-triggers time", '"time" is none of mtime, input, params, code, software-env'],
    ["--list-changes mtime", '"mtime" is none of input, params, code'],
    ["--dag a.txt", 'Cannot read option "--dag": "a.txt" is none of dot, mermaid, svg\n  Put targets before'],
    ["--summary --dag", 'Cannot do "--summary": --dag is given as well; use one of them at a time'],
    ["--executor cloud", 'Cannot read option "--executor": there is no executor "cloud"'],
    ["--trainig.epochs 2", 'Cannot read option "--trainig.epochs"'],
    [
      "-x",
      'Cannot read option "-x": no option and no key of the config has this name\n  --help lists all options.',
    ],
    ["--mask=maybe", 'Cannot read option "--mask": its value is "maybe"\n  expected  true or false'],
    ["--dry-run=maybe", 'Cannot read option "--dry-run": its value is "maybe"'],
    ["--no-mask=1", 'Cannot read option "--no-mask": it takes no value'],
    ["--no-until", 'Cannot read option "--until": it needs a value'],
    [
      "--config sitse=a",
      'Cannot read option "--config": the config has no key "sitse"\n  Did you mean "sites"?',
    ],
    ["--config training={epochs:1}", 'the config has no key "training"\n  Did you mean "training.epochs"?'],
    [
      "--config jobs=4",
      'Cannot read option "--config": the config has no key "jobs"\n  It is an option: --jobs.',
    ],
    [
      "--config sites=a out.txt",
      'Cannot read option "--config": "out.txt" is not of the form KEY=VALUE\n  Put targets',
    ],
    ["status --config a=1", 'Cannot read option "--config": the command status does not have it'],
    ["--use-conda", "it is one of Snakemake's\n  Name the environment or image in `env` of the rule"],
    ["status -k", 'Cannot read option "--keep-going": the command status does not have it'],
  ])("%s", (line, message) => {
    expect(() => read(line)).toThrow(message);
  });

  test.each(["100", "0/1s", "100/0s", "100/1week", "1/m"])(
    "%s is no limit of tasks in a span of time",
    (text) => {
      expect(() => read(`--max-jobs-per-timespan ${text}`)).toThrow(
        `Cannot read option "--max-jobs-per-timespan": "${text}" is not of the form number/time: 100/1m, 0.5/1s`,
      );
    },
  );

  test("a misspelt one is told with the nearest", () => {
    expect(() => read("--trainig.epochs 2")).toThrow('Did you mean "--training.epochs"?');
    expect(() => read("--forceal")).toThrow('Did you mean "--forceall"?');
  });

  test("a key of the config may not have the name of an option", () => {
    const taken = configLeaves(z.strictObject({ jobs: z.number() }), { jobs: 1 });
    expect(() => optionsOf([], taken)).toThrow(
      'Cannot offer the option "--jobs": a key of the config has the same name as an option of the engine',
    );
  });
});

describe("before the workflow is known", () => {
  test("its own options are passed over", () => {
    expect(readCommandLine(["--anything", "x", "--configfile", "c.yml", "-d", "w"]).early).toMatchObject({
      command: "run",
      configFiles: ["c.yml"],
      directory: "w",
    });
  });
});
