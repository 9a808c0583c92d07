import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { shortHash } from "../disk/fingerprint.ts";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { type AnyRule, rule, untracked } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { Planner } from "./planner.ts";
import { bodyParams, Recipes, ruleId, sameCode, sameParams } from "./recipe.ts";

const id = (spec: AnyRule) => ruleId(ruleset({ it: spec })[0]!);
const of = (params: Record<string, unknown>) => id(rule({ output: "x", params }));

test("untracked params do not count, and reach the body unwrapped", () => {
  expect(of({ a: 1, where: untracked("here") })).toBe(of({ a: 1, where: untracked(() => "there") }));
  expect(bodyParams({ a: 1, where: untracked("here") })).toEqual({ a: 1, where: "here" });
});

test("modules that a rule lists count as its code", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-recipe-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "step.ts");
  const spec = rule({ output: "x", code: [pathToFileURL(path)], run: () => {} });
  expect(() => id(spec)).toThrow('Cannot read the code of "it": ENOENT');
  writeFileSync(path, "export const a = 1;");
  const before = id(spec);
  writeFileSync(path, "// says nothing\nexport const a =  1;\n");
  expect(id(spec)).toBe(before);
  writeFileSync(path, "export const a = 2;");
  expect(id(spec)).not.toBe(before);
});

test("a shell command is code as it stands", () => {
  const shell = (command: string) => id(rule({ output: "x", shell: command }));
  expect(shell("echo 'a'")).not.toBe(shell("echo  'a'"));
});

test("a line's end counts in a command, and not in TypeScript", () => {
  const shell = (command: string) => id(rule({ output: "x", shell: command }));
  expect(shell("echo a\necho b")).not.toBe(shell("echo a echo b"));
});

test("a prefix has a place of its own in what is recorded", () => {
  const made = (prefix: string | undefined, shell = "true") => {
    const [one] = ruleset({ one: { ...rule({ output: "x", shell }), ...(prefix && { prefix }) } });
    return new Recipes().code(one!);
  };
  expect(sameCode(record(made("uv run").id), made("uv run"))).toEqual({ code: true, prefix: true });
  expect(sameCode(record(made(undefined).id), made("uv run"))).toEqual({ code: true, prefix: false });
  expect(sameCode(record(made("env").id), made("uv run"))).toEqual({ code: true, prefix: false });
  expect(sameCode(record(made("uv run", "false").id), made("uv run"))).toEqual({ code: false, prefix: true });
  expect(made("uv run").text).toBe("uv run\ntrue");
});

test("what an earlier version recorded is among the former ids, where the text is another one now", () => {
  const recipeOf = (spec: AnyRule) => {
    const planner = new Planner({ rules: ruleset({ it: spec }), disk: inventory(memoryFiles()) });
    planner.add(["it"]);
    return new Recipes().of(planner.plan.job(0));
  };
  const plain = recipeOf(rule({ output: "x", params: { a: [1, "b"], at: new Date(0) }, run: () => {} }));
  expect(plain.params.former).toBeUndefined();
  expect(plain.code.former).toBeUndefined();
  const params = { size: 3n, tags: new Set(["b", "a"]), at: new URL("http://a/") };
  const same = { at: params.at, size: params.size, tags: new Set(["a", "b"]) };
  const body = {
    run: () =>
      console.log(`two
lines`),
  };
  const odd = recipeOf(rule({ output: "x", params, ...body }));
  expect(odd.params.id).toBe(recipeOf(rule({ output: "x", params: same })).params.id);
  expect(odd.params.former).toEqual([shortHash('{"at":URL(http://a/),"size":3,"tags":Set["b","a"]}')]);
  expect(odd.code.former).toEqual([shortHash("( ) => console . log ( `two lines` )")]);
  const given = recipeOf(rule({ output: "x", params: () => params }));
  expect(given.params).toEqual(odd.params);
  const inside = recipeOf({ ...rule({ output: "x", shell: "true" }), prefix: "env" });
  expect(inside.code.former).toBeUndefined();
});

const record = (id: string, roles?: string) => ({ params: id, code: id, ...(roles && { roles }) });

test("a former id is the same params and code in a record of an earlier version, and in no other", () => {
  const now = { id: "now", text: "", former: ["before", "long ago"] };
  const ids = ["now", "before", "long ago", "other"];
  expect(ids.map((id) => sameParams(record(id), now))).toEqual([true, true, true, false]);
  expect(ids.map((id) => sameParams(record(id, "roles"), now))).toEqual([true, false, false, false]);
  const inside = { id: "now~env", text: "", former: ["before~env"] };
  expect(sameCode(record("before~env"), inside)).toEqual({ code: true, prefix: true });
  expect(sameCode(record("before~env", "roles"), inside)).toEqual({ code: false, prefix: true });
  expect(sameCode(record("before"), inside)).toEqual({ code: true, prefix: false });
  expect(sameCode(record("other~env"), inside)).toEqual({ code: false, prefix: true });
});

test("the params that a function gives are asked for once per job, and anew when they are forgotten", () => {
  let asked = 0;
  const spec = rule({ output: "{x}.out", params: ({ wildcards }) => ({ x: wildcards.x, asked: ++asked }) });
  const planner = new Planner({ rules: ruleset({ it: spec }), disk: inventory(memoryFiles()) });
  planner.add(["a.out", "b.out"]);
  const recipes = new Recipes();
  const textOf = (row: number) => recipes.of(planner.plan.job(row)).params.text;
  expect([textOf(0), textOf(0), textOf(1)]).toEqual([textOf(0), textOf(0), textOf(1)]);
  expect(asked).toBe(2);
  recipes.forget(1);
  textOf(0);
  expect(textOf(1)).toContain("3");
  expect(asked).toBe(3);
});
