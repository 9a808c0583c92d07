/** Every mistake here must be a compile error; a mistake that compiles fails the type check. */
import { expect, expectTypeOf, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { ancient, directory, multiext, protect, report, temp, touch } from "./marks.ts";
import { after, rule, untracked } from "./rule.ts";
import { workflow } from "./workflow.ts";

const run = "expA/site_id_{site_id}/factor_{factor}/rand_seed_{seed}";

// @ts-expect-error {sit_id} is misspelt
rule({ input: "expA/site_id_{sit_id}/prepped_data.npz", output: `${run}/trained_model` });

// @ts-expect-error {partition} is not in the output
rule({ input: ["obs_file.csv", `${run}/{partition}_preds.csv`], output: `${run}/overall.csv` });

// @ts-expect-error the same in a named input
rule({ input: { preds: `${run}/{partition}_preds.csv` }, output: `${run}/metrics.csv` });

// @ts-expect-error a target rule has no wildcards
rule({ input: "expA/{site_id}.csv" });

// @ts-expect-error the second output lacks {seed}
rule({ output: ["{site_id}/{seed}.bin", "{site_id}.log"] });

// @ts-expect-error the same with a directory
rule({ output: { model: directory("{site_id}/{seed}"), log: "{site_id}.log" } });

rule({
  output: `${run}/trained_model`,
  // @ts-expect-error wildcards.sede does not exist
  run: ({ wildcards }) => void wildcards.sede,
});

rule({
  input: { obs: "obs_file.csv" },
  output: "metrics.csv",
  // @ts-expect-error input.observations does not exist
  run: ({ input }) => void input.observations,
});

rule({
  input: ["obs_file.csv"],
  output: "metrics.csv",
  // @ts-expect-error there is no second input
  run: ({ input }) => void input[1],
});

// @ts-expect-error {factr} is misspelt
expect(() => expand(`${run}/metrics.csv`, { site_id: ["01022500"], factr: [1], seed: [0] })).toThrow(
  "{factr}",
);

// @ts-expect-error {seed} is neither expanded nor in the output
rule({ input: expand(`${run}/metrics.csv`, { site_id: ["01022500"], factor: [1] }), output: "overall.csv" });

// @ts-expect-error {partition} stays open in one of two patterns
rule({ input: [expand(["{a}.csv", "{a}_{partition}.csv"], { a: [1] })], output: "overall.csv" });

const widened: string = `${run}/trained_model`;
// @ts-expect-error the type of `widened` is string, so its wildcards are lost
rule({ input: "obs_file.csv", output: widened });

// @ts-expect-error a rule has one body
rule({ output: "{a}.txt", run: () => {}, runBatch: () => {} });

// @ts-expect-error outputs are not expanded
rule({ output: expand("{a}.txt", { a: [1] }) });

const prepared = rule({ input: ["obs_file.csv"], output: "expA/site_id_{site_id}/prepped_data.npz" });
const trained = rule({ input: { prepared: prepared.output }, output: directory(`${run}/trained_model`) });
// @ts-expect-error {site_id} of `prepared` is not in this output
rule({ input: { prepared: prepared.output }, output: "expA/factor_{factor}/trained_model" });
// @ts-expect-error {seed} of a directory is not in this output
rule({ input: { model: trained.output }, output: "expA/site_{site_id}_{factor}" });
// @ts-expect-error there is no rule output called model
rule({ input: prepared.model, output: `${run}/trained_model` });

test("a body sees the paths, wildcards and params of its own rule", () => {
  rule({
    input: { model: trained.output, all: expand(`${run}/m.csv`, { factor: [1, 10], seed: [0, 1] }) },
    output: [`${run}/preds.csv`, `${run}/notes.txt`],
    params: { epochs: 20, backend: untracked("wasm" as "wasm" | "gpu") },
    run: ({ input, output, wildcards, params }) => {
      expectTypeOf(input.model).toEqualTypeOf<string>();
      expectTypeOf(input.all).toEqualTypeOf<readonly string[]>();
      expectTypeOf(output[1]).toEqualTypeOf<string>();
      expectTypeOf(wildcards).toEqualTypeOf<{
        readonly site_id: string;
        readonly factor: string;
        readonly seed: string;
      }>();
      expectTypeOf(params.backend).toEqualTypeOf<"wasm" | "gpu">();
    },
  });
});

test("a constraint written inline is not part of the wildcard's name", () => {
  rule({
    input: "{x}.in",
    output: "{x,[a-z]+}.out",
    run: ({ wildcards }) => {
      expectTypeOf(wildcards).toEqualTypeOf<{ readonly x: string }>();
    },
  });
});

test("doubled braces are not wildcards", () => {
  rule({
    output: "{x}_{{y}}.out",
    run: ({ wildcards }) => {
      expectTypeOf(wildcards).toEqualTypeOf<{ readonly x: string }>();
    },
  });
});

test("a path built at run time may be the folder of a literal output", () => {
  const root: string = process.argv[2] ?? "expA";
  rule({
    input: `${root}/obs.csv`,
    output: `${root}/{site_id}.csv`,
    run: ({ wildcards }) => {
      expectTypeOf(wildcards.site_id).toEqualTypeOf<string>();
    },
  });
});

test("a batch body gets a list of jobs, each of which it ends", () => {
  rule({
    output: "{a}.txt",
    batch: 10,
    runBatch: (batch) => {
      for (const job of batch) job.done();
      expectTypeOf(batch.stopping).toEqualTypeOf<boolean>();
    },
  });
});

test("functions of a rule see its wildcards and input, and their params reach the body", () => {
  rule({
    input: (w) => ({ table: `${w.sample}.csv` }),
    output: "{sample}/{n,[0-9]+}.out",
    log: "{sample}/{n}.log",
    params: ({ wildcards, input }) => ({ n: Number(wildcards.n), from: input.table }),
    resources: ({ attempt, wildcards }) => ({ mem_mb: attempt * Number(wildcards.n) }),
    priority: ({ wildcards }) => Number(wildcards.n),
    run: ({ input, params, resources, attempt }) => {
      expectTypeOf(input.table).toEqualTypeOf<string>();
      expectTypeOf(params).toEqualTypeOf<{ readonly n: number; readonly from: string }>();
      expectTypeOf(resources.gpu).toEqualTypeOf<readonly number[]>();
      expectTypeOf(attempt).toEqualTypeOf<number>();
    },
  });
});

// @ts-expect-error wildcards.sampel does not exist
rule({ input: (w) => `${w.sampel}.csv`, output: "{sample}.out" });

// @ts-expect-error {sampel} is not in the output
rule({ output: "{sample}.out", log: "{sampel}.log" });

// @ts-expect-error a rule has one body
rule({ output: "{a}.txt", run: () => {}, shell: "touch {output}" });

// @ts-expect-error {sampel} of an ancient input is not in the output
rule({ input: ancient("{sampel}.csv"), output: "{sample}.out" });

// @ts-expect-error the marked outputs differ in their wildcards
rule({ output: [temp("{a}.txt"), protect(directory("{b}.txt"))] });

// @ts-expect-error {sampel} of a caption is not in the output path
expect(() => rule({ output: report("{sample}.svg", { caption: "Flow of {sampel}" }) })).toBeDefined();

// @ts-expect-error {b} of a category is not in the output path
expect(() => rule({ output: report(temp("{a}.svg"), { caption: "Flow", category: "{b}" }) })).toBeDefined();

// @ts-expect-error an output in a report has a caption
expect(() => rule({ output: report("{a}.svg", { category: "Figures" }) })).toBeDefined();

test("an output with a caption is a path to the body, and its wildcards are the rule's", () => {
  rule({
    output: [
      report("{a}.svg", { caption: "Flow of {a}", category: "Site {a}" }),
      report("{a}.csv", { caption: "Flow" }),
    ],
    run: ({ output, wildcards }) => {
      expectTypeOf(output[0]).toEqualTypeOf<string>();
      expectTypeOf(wildcards).toEqualTypeOf<{ readonly a: string }>();
    },
  });
});

test("marks nest, and a marked path is a path to the body", () => {
  rule({
    input: ancient(expand("{x}.in", { x: [1] })),
    output: { model: temp(directory("{a}/model")), done: touch("{a}.done") },
    run: ({ input, output }) => {
      expectTypeOf(input).toEqualTypeOf<readonly string[]>();
      expectTypeOf(output.model).toEqualTypeOf<string>();
    },
  });
});

test("a marked file says its pattern in types too", () => {
  const bam = temp(protect("bam/{sample}.bam"));
  expectTypeOf(bam.pattern).toEqualTypeOf<"bam/{sample}.bam">();
  expectTypeOf(bam.toString()).toEqualTypeOf<"bam/{sample}.bam">();
  rule({
    input: `${bam}.md5`,
    output: `${bam.pattern}.bai`,
    run: ({ wildcards }) => {
      expectTypeOf(wildcards).toEqualTypeOf<{ readonly sample: string }>();
    },
  });
  rule({ input: expand(bam, { sample: [1] }), output: "all.bam" });
  rule({ input: expand([bam, `${bam.pattern}.bai`], { sample: [1] }), output: "all.bam" });
  rule({ input: expand(`${bam}.bai`, { sample: [1] }), output: "all.bam" });
  const folder: string = "bam";
  // @ts-expect-error {sampel} is misspelt
  expect(() => expand(`${folder}/{sample}.bam`, { sampel: [1] })).toThrow("{sampel}");
  // @ts-expect-error {sampel} is misspelt
  expect(() => expand(bam, { sampel: [1] })).toThrow("{sampel}");
  // @ts-expect-error {sample} is neither expanded nor in the output
  rule({ input: expand(bam, {}), output: "all.bam" });
});

test("the inputs that come after others are made are what the body gets", () => {
  rule({
    input: (w) => after(`${w.s}/parts`, (parts) => ({ parts, all: expand("{p}.txt", { p: [parts] }) })),
    output: "{s}.txt",
    run: ({ input }) => {
      expectTypeOf(input.parts).toEqualTypeOf<string>();
      expectTypeOf(input.all).toEqualTypeOf<readonly string[]>();
    },
  });
});

test("multiext gives each path its type", () => {
  rule({
    output: multiext("genome_{g}", ".fa", ".idx"),
    run: ({ output, wildcards }) => {
      expectTypeOf(output[1]).toEqualTypeOf<string>();
      expectTypeOf(wildcards.g).toEqualTypeOf<string>();
    },
  });
});

test("a workflow's settings name only rules that it has", () => {
  const rules = { one: rule({ output: "a" }), two: rule({ output: "b" }) };
  workflow({ rules, defaultTarget: "two", ruleOrder: [["one", "two"]] });
  workflow({ rules: () => rules, ruleOrder: [["two", "one"]] });
  // @ts-expect-error there is no rule three
  workflow({ rules, ruleOrder: [["one", "three"]] });
  // @ts-expect-error there is no rule three
  workflow({ rules: () => rules, defaultTarget: "three" });
});

test("a rule's triggers are kinds that there are", () => {
  rule({ output: "a", triggers: ["params", "mtime"] });
  // @ts-expect-error there is no trigger time
  rule({ output: "a", triggers: ["time"] });
});

test("a rule books numbers, and sizes and times with a unit", () => {
  rule({ output: "a", resources: { threads: 2, mem: "2GB", disk: "1.5 TiB", runtime: "4h" } });
  rule({ output: "a_{x}", resources: ({ attempt }) => ({ mem: `${4 * attempt}GB`, runtime: 30 * attempt }) });
  // @ts-expect-error a text without a unit
  rule({ output: "a", resources: { gpu: "1" } });
  // @ts-expect-error no unit that there is
  rule({ output: "a", resources: { mem: "2 potatoes" } });
  // @ts-expect-error nor here
  rule({ output: "a", resources: () => ({ runtime: "soon" }) });
  rule({
    output: "a",
    resources: { mem: "2GB" },
    run: ({ resources }) => {
      expectTypeOf(resources.mem_mb).toEqualTypeOf<number | undefined>();
    },
  });
});

test("retries are a number, or numbers by the reasons that there are", () => {
  rule({ output: "a", retries: 2 });
  rule({ output: "a", retries: { oom: 2, timeout: 1, lost: 3, exit: { 75: 5 }, other: 0 } });
  // @ts-expect-error there is no reason memory
  rule({ output: "a", retries: { memory: 2 } });
  // @ts-expect-error an exit code is a number
  rule({ output: "a", retries: { exit: { usage: 1 } } });
  // @ts-expect-error a count is a number
  rule({ output: "a", retries: { oom: "2" } });
  rule({
    output: "{x}",
    resources: ({ attempt, reason, exitCode, failed, wildcards }) => ({
      mem_mb: reason === "oom" || exitCode === 137 ? 4_000 * attempt : 1_000 * (1 + failed.lost),
      site: Number(wildcards.x),
    }),
  });
  // @ts-expect-error there is no reason ooom
  rule({ output: "a", resources: ({ reason }) => ({ mem_mb: reason === "ooom" ? 2 : 1 }) });
  // @ts-expect-error nor here
  rule({ output: "a", resources: ({ failed }) => ({ mem_mb: failed.memory }) });
});

test("a queue has settings with known names, the same for all jobs or by job", () => {
  rule({ output: "a", queue: { partition: "long", account: "water", qos: "high", constraint: "ib" } });
  rule({ output: "a", queue: { gres: "gpu:a100:1", extra: ["--exclusive"], set: { site: "north" } } });
  rule({
    output: "{site}",
    queue: ({ wildcards, attempt, reason }) => ({
      partition: attempt > 1 || reason === "timeout" || wildcards.site === "big" ? "long" : "short",
    }),
  });
  // @ts-expect-error partition is misspelt
  rule({ output: "a", queue: { partiton: "long" } });
  // @ts-expect-error wildcards.sight does not exist
  rule({ output: "{site}", queue: ({ wildcards }) => ({ partition: wildcards.sight }) });
  // @ts-expect-error a list of arguments
  rule({ output: "a", queue: { extra: "--exclusive" } });
});

test("a rule has one body", () => {
  rule({ output: "a", script: new URL("file:///fit.py"), prefix: "uv run" });
  // @ts-expect-error a script and a command
  rule({ output: "a", script: "/fit.py", shell: "true" });
  // @ts-expect-error a script and a body
  rule({ output: "a", script: "/fit.py", run: () => {} });
  // @ts-expect-error a prefix is a text
  rule({ output: "a", shell: "true", prefix: ["uv", "run"] });
});
