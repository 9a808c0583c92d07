import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dryRun } from "../dry-run.ts";
import { type AnyRule, rule, untracked } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import type { RunOptions } from "../run/options.ts";
import { file, folder, go, newFolders, noPython, py, text } from "../testing/script-folder.ts";

newFolders();

describe("a prefix", () => {
  const wrapper = () => {
    const path = file("within", '#!/bin/bash\nexport WITHIN="$1"\nshift\nexec "$@"\n');
    chmodSync(path, 0o755);
    return path;
  };

  test("starts commands elsewhere, whatever they are made of", async () => {
    const prefix = `${wrapper()} 'an env'`;
    const long = "x".repeat(200_000);
    const rules = {
      all: rule({ input: ["a", "b", "c"] }),
      a: rule({ output: "a", prefix, shell: `echo "$WITHIN" | cat > {output}; echo 'it''s' >> {output}` }),
      b: rule({ output: "b", prefix, shell: `echo "$WITHIN ${long}" > {output}; cat` }),
      c: rule({ output: "c", prefix, shell: "echo $unset > {output}" }),
    };
    const { failed } = await go(rules, { keepGoing: true });
    expect(text("a")).toBe("an env\nits\n");
    expect(text("b")).toBe(`an env ${long}\n`);
    expect(failed.map(({ job, error }) => [job, error.split("\n")[1]])).toEqual([
      ["c", expect.stringContaining("unset: unbound variable")],
    ]);
  });

  test.skipIf(noPython)("starts interpreters elsewhere, one for each prefix", async () => {
    const script = py("import os; open(braid.output, 'w').write(os.environ.get('WITHIN', 'none'))");
    const rules = {
      all: rule({ input: ["a", "b", "c", "d"] }),
      d: rule({ output: "d", prefix: "WITHIN=three", script }),
      a: rule({ output: "a", prefix: `${wrapper()} one`, script }),
      b: rule({ output: "b", prefix: untracked(`${wrapper()} two`), script }),
      c: rule({ output: "c", script }),
    };
    expect(await go(rules)).toMatchObject({ done: 5 });
    expect([text("a"), text("b"), text("c"), text("d")]).toEqual(["one", "two", "none", "three"]);
  });

  test.each([
    ["is not there", "no-such-program", "exit code 127", "no-such-program: command not found"],
    ["swallows what is sent to Python", "true", "exit code 0", ""],
    ["prints a line of its own", "./greet", undefined, undefined],
  ])("that %s", async (_, prefix, ended, said) => {
    const greet = file("greet", '#!/bin/bash\necho hello\nexec "$@"\n');
    chmodSync(greet, 0o755);
    const words = prefix.replace("./greet", greet);
    const { failed } = await go({
      one: rule({ output: "out", prefix: words, script: py("open(braid.output, 'w')") }),
    });
    const [error] = failed.map((one) => one.error);
    if (noPython || ended === undefined) expect(error).toBe(undefined);
    else expect(error).toContain(`Before the script could end, the interpreter ended with ${ended}.`);
    if (said !== undefined) expect(error).toContain(said);
  });

  test("makes jobs run again when it changes, unless it is untracked or does not count", async () => {
    const rules = (prefix?: AnyRule["prefix"]) => ({
      one: { ...rule({ output: "out", shell: "touch {output}" }), ...(prefix && { prefix }) },
    });
    const made = (prefix?: AnyRule["prefix"], options: Partial<RunOptions> = {}) =>
      go(rules(prefix), options);
    expect(await made()).toMatchObject({ done: 1 });
    expect(await made(untracked("env"))).toMatchObject({ done: 0 });
    expect(await made("env", { triggers: new Set(["code"]) })).toMatchObject({ done: 0 });
    expect(dryRun({ rules: rules("env"), folder }).jobs()).toMatchObject([
      { reason: "changed software-env" },
    ]);
    expect(await made("env", { triggers: new Set(["software-env"]) })).toMatchObject({ done: 1 });
    expect(await made("env A=1")).toMatchObject({ done: 1 });
    expect(await made("env A=1")).toMatchObject({ done: 0 });
  });
});

test.each<[string, Partial<AnyRule>, string]>([
  [
    "of another language",
    { script: "/fit.jl" },
    'its script "/fit.jl" is not a file of Python (.py), R (.R) or Jupyter (.ipynb)',
  ],
  [
    "by a path that depends on where one stands",
    { script: "fit.py" },
    'its script "fit.py" is not an absolute path',
  ],
  ["with a prefix of nothing", { shell: "true", prefix: " " }, 'its prefix " " is not one line of text'],
  [
    "with a prefix of two lines",
    { shell: "true", prefix: "a\nb" },
    'its prefix "a\\nb" is not one line of text',
  ],
  [
    "with a prefix before no command",
    { run: () => {}, prefix: "env" },
    "it has a prefix, but no shell command or script",
  ],
])("a rule %s is refused", (_, more, error) => {
  expect(() => ruleset({ one: { ...rule({ output: "out" }), ...more } })).toThrow(
    `Cannot read the rule "one": ${error}`,
  );
});

test("a script that is not there is an error that names its rule", async () => {
  const one = rule({ output: "out", script: join(folder, "gone.py") });
  await expect(go({ one })).rejects.toThrow('Cannot read the script of "one": there is no file');
});
