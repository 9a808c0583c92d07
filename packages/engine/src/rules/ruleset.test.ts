import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { bench } from "../testing/run-in-memory.ts";
import { directory } from "./marks.ts";
import { type AnyRule, after, rule } from "./rule.ts";
import { listFiles, mapFiles, ruleset } from "./ruleset.ts";
import { workflow } from "./workflow.ts";

const read = (spec: object) =>
  ruleset({ it: { input: [], output: [], params: {}, ...spec } as unknown as AnyRule });

test("a workflow without rules is an error", () => {
  expect(() => ruleset({})).toThrow("Cannot read the workflow: it has no rules");
});

test("a rule's name is a word, and none of the commands", () => {
  expect(() => ruleset({ "a b": rule({}) })).toThrow('Cannot name a rule "a b"');
  expect(() => ruleset({ status: rule({}) })).toThrow(
    'Cannot name a rule "status": a command has this name, so the rule could not be a target',
  );
});

test("what the compiler refuses is refused at run time too", () => {
  expect(() => read({ triggers: ["params", "time"] })).toThrow(
    'Cannot read the rule "it": its triggers have "time", which is none of mtime, input, params, code, software-env',
  );
  expect(() => read({ input: "{y}.in", output: "{x}.out" })).toThrow(
    'Cannot read the rule "it": Wildcard {y} is not in the output path\n  input  {y}.in',
  );
  expect(() => read({ input: expand("{y}.in", { y: [1] }), output: "x.out" })).not.toThrow();
  expect(() => read({ input: expand("{y}{z}.in", { y: [1] }), output: "x.out" })).toThrow("Wildcard {z}");
  expect(() => read({ output: ["{x}.a", "b"] })).toThrow("its outputs differ in the wildcard {x}");
  expect(() => read({ output: ["a", "{x}.b"] })).toThrow("its outputs differ in the wildcard {x}");
  expect(() => read({ output: expand("{x}", { x: [1] }) })).toThrow("an output is an expand()");
  expect(() => read({ output: ["a", "a"] })).toThrow('its output "a" is given twice');
});

test("keys that nothing reads are refused, with the nearest that is", () => {
  expect(() => read({ outputs: "a" })).toThrow(
    'Cannot read the rule "it": it has the unknown key "outputs"\n  Did you mean "output"?',
  );
  expect(() => read({ threads: 4 })).toThrow("Write resources: { threads: 2 }.");
  expect(() => read({ zebra: 4 })).toThrow(/it has the unknown key "zebra"$/);
  expect(() => ruleset({ it: undefined as never })).toThrow("it is undefined, not a rule made by rule()");
  expect(() => workflow({ rulez: {} } as never)).toThrow(
    'Cannot read the workflow: it has the unknown key "rulez"\n  Did you mean "rules"?',
  );
  expect(() => workflow({ rules: {}, onSuccess: () => {}, defaultTraget: "a" } as never)).toThrow(
    "defaultTarget",
  );
});

test("what is no file, no path of a log or one of two bodies is refused", () => {
  expect(() => read({ log: { out: "a.log" } })).toThrow(
    "its log is a record, not one path\n  A job has one log; declare other files that it writes as outputs.",
  );
  expect(() => read({ log: ["a.log"] })).toThrow("its log is a list, not one path");
  expect(() => read({ input: { a: { b: "x" } } })).toThrow(
    "its input has a record, which is not a file\n  Files are a string, a list of strings, or a record of either.",
  );
  expect(() => read({ input: ["a", undefined] })).toThrow("its input has undefined");
  expect(() => read({ output: null })).toThrow("its output has null");
  expect(() => read({ run: () => {}, shell: "true" })).toThrow("it has two bodies, run and shell");
});

test("a bound or a native function is refused: nobody can read what it does", () => {
  const fit = (_settings: object | null) => ({});
  for (const spec of [
    { run: fit.bind(null, { epochs: 1 }) },
    { runBatch: fit.bind(null, null) },
    { params: fit.bind(null, null) },
    { input: fit.bind(null, null) },
    { input: after("list", fit.bind(null, null) as never) },
    { resources: fit.bind(null, null) },
    { run: Math.max },
  ])
    expect(() => read({ output: "a", ...spec })).toThrow(
      `Cannot read the rule "it": its ${Object.keys(spec)[0]} is a bound or native function, whose code cannot be read\n  Write a function that calls it`,
    );
  expect(() => read({ output: "a", run: () => "function () { [native code] }" })).not.toThrow();
});

test("a function that returns a promise, or no files, is told of its job", async () => {
  const { plan, run } = bench({ list: "x" });
  const planned = (input: unknown) => () =>
    plan({ it: rule({ output: "a", input: input as never, run: () => {} }) });
  expect(planned(async () => ["x"])).toThrow(
    "its input function returns a promise\n  Planning is synchronous: await it in the workflow's resolve(), and use its result.",
  );
  expect(planned(() => Promise.reject(new Error("late")))).toThrow("returns a promise");
  expect(planned(() => undefined)).toThrow("its input function returns undefined, which is not a file");
  expect(planned(() => ({ a: [1] }))).toThrow("returns 1, which is not a file");
  expect(planned(() => [["source"]])).toThrow(
    "its input function returns a list, which is not a file\n  Files are a string, a list of strings, or a record of either.",
  );
  expect(planned(after("list", (async () => ["x"]) as never))).toThrow(
    "its after() function returns a promise",
  );
  const params = (async () => ({ n: 1 })) as never;
  const { failed } = await run({ made: rule({ output: "b", params, run: () => {} }) });
  expect(failed[0]!.error).toContain(
    'Cannot get the params of "made": its params function returns a promise',
  );
});

test("outputs that are the same file, or the working folder, are refused however they are spelled", () => {
  expect(() => read({ output: ["d/{x}", "./d//{x}"] })).toThrow('its output "d/{x}" is given twice');
  expect(() => read({ output: directory("./") })).toThrow("its output is the working folder itself");
});

test("outputs and logs stay in the working folder, and out of the engine's own", () => {
  for (const path of ["/abs", "../up", "a/../../b"]) {
    expect(() => read({ output: path })).toThrow(`its output "${path}" leaves the working folder`);
    expect(() => read({ log: path })).toThrow(`its log "${path}" leaves the working folder`);
  }
  expect(() => read({ output: ".braid/journal" })).toThrow("is in the engine's own folder");
});

test("a log has the wildcards of the outputs, so that each job has its own", () => {
  expect(() => read({ output: "{x}.out", log: "{y}.log" })).toThrow("Wildcard {y} is not in the output path");
  expect(() => read({ output: "{x}.out", log: "one.log" })).toThrow(
    "its log lacks the wildcard {x}: jobs would share it",
  );
});

test("a batch is a whole number from 1", () => {
  for (const batch of [0, -1, 1.5])
    expect(() => read({ batch })).toThrow(`batch is ${batch}, not a whole number from 1`);
});

test("the places of a shell command are checked against the rule", () => {
  const shell = (command: string, more: object = {}) =>
    read({ input: { table: "t" }, output: "{x}.out", shell: command, ...more });
  expect(() => shell("cat {input.table} > {output} # {wildcards.x} {threads} {log}")).not.toThrow();
  expect(() => shell("cat {input.tabel}")).toThrow(
    "its shell command asks for {input.tabel}, which it does not have",
  );
  expect(() => shell("{rule} {input[0]} {output[0]}")).not.toThrow();
  expect(() => shell("cat {output[1]}")).toThrow("asks for {output.1}");
  expect(() => shell("cat {input[1]}", { input: ["t"] })).toThrow("asks for {input.1}");
  expect(() => shell("echo {wildcards.y}")).toThrow("asks for {wildcards.y}");
  expect(() => shell("echo {params.n}")).toThrow("asks for {params.n}");
  expect(() => shell("echo {who}")).toThrow(
    "its shell command has {who}, which is not one of its placeholders",
  );
  expect(() => shell("awk '{ print }'")).toThrow("Write {{ and }} for braces that belong to the shell.");
});

test("a named input may have any name", () => {
  const files = { kind: "a.txt", pattern: "b.txt" };
  expect(listFiles(files)).toEqual(["a.txt", "b.txt"]);
  expect(mapFiles(files, (file) => `${file}!`)).toEqual({ kind: "a.txt!", pattern: "b.txt!" });
});

test("the wildcards of outputs are put in one order", () => {
  const [two] = ruleset({ two: rule({ output: ["{a}/{b}.x", "{b}-{a}.y"] }) });
  expect(two!.outputs[1]!.match("2-1.y")).toEqual(["1", "2"]);
  expect(two!.outputs[1]!.fill(["1", "2"])).toBe("2-1.y");
});
