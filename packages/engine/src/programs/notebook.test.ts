import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { dryRun } from "../dry-run.ts";
import { scriptOf } from "../rules/code.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { file, folder, go, newFolders, text } from "../testing/script-folder.ts";

newFolders();

const empty = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}';
const probe = ["nbconvert", "--execute", "--to", "notebook", "--stdin", "--stdout"];
const noJupyter = spawnSync("jupyter", probe, { input: empty }).status !== 0;
if (noJupyter) console.warn("Skipped: notebooks, as there is no Jupyter with nbconvert and ipykernel here.");

/** Writes a notebook with these cells and gives its path. */
function notebook(cells: readonly string[], results: object = {}, metadata: object = {}, minor = 4): string {
  const code = cells.map((source) => ({
    ...{ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source, ...results },
  }));
  const about = { cell_type: "markdown", metadata: {}, source: ["# A fit\n", "of flow"] };
  return file(
    "scripts/fit.ipynb",
    JSON.stringify({ nbformat: 4, nbformat_minor: minor, metadata, cells: [about, ...code] }),
  );
}

describe.skipIf(noJupyter)("a notebook", () => {
  test("finds its job, its folder and its modules, and its results are an output", async () => {
    file("in.txt", "flow");
    file("scripts/helper.py", "own = 'helped'\n");
    const script = notebook([
      "import helper\nwith open(snakemake.input.table) as table: flow = table.read()",
      "print(flow, braid.params['text'], braid.params.large, helper.own)",
      "open(braid.output.value, 'w').write(f'{braid.wildcards.x} {braid.threads}')",
    ]);
    const one = rule({
      input: { table: "in.txt" },
      output: { value: "{x}.out", notebook: "{x}.ipynb" },
      params: { text: "a 'b' \"c\"\n\\n é 𝒳", large: 2n ** 70n },
      script,
    });
    expect(await go({ one }, { targets: ["z.out"] })).toMatchObject({ failed: [], done: 1 });
    expect(text("z.out")).toBe("z 1");
    const { cells } = JSON.parse(text("z.ipynb")) as {
      cells: { execution_count?: number; outputs?: { text?: string[] }[] }[];
    };
    expect(cells[3]).toMatchObject({
      execution_count: 2,
      outputs: [{ text: ["flow a 'b' \"c\"\n", "\\n é 𝒳 1180591620717411303424 helped\n"] }],
    });
  });

  test("may have its results as a page", async () => {
    const ids = { id: "one" };
    const script = notebook(["print('said', 6 * 7)"], ids, {}, 5);
    expect(await go({ one: rule({ output: { notebook: "out.html" }, script }) })).toMatchObject({
      failed: [],
    });
    expect(text("out.html")).toMatch(/<html.*said 42/s);
  });

  test("that fails says the error and the cell", async () => {
    const script = notebook(["x = 1", "y = 2\nraise ValueError(f'bad {x}')"]);
    const { failed } = await go({ one: rule({ output: "out", script }) });
    expect(failed[0]!.error).not.toContain("\u001b");
    expect(failed[0]!.error).toMatch(/^The script ended with exit code 1\.\n.*ValueError: bad 1$/s);
    expect(text(failed[0]!.log!.slice(folder.length + 1))).toMatch(
      /^(?!.*(invalid|Debugger)).*In ?\[2\].*----> 2 raise ValueError/s,
    );
  });

  test("that writes nothing fails", async () => {
    const { failed } = await go({ one: rule({ output: "out", script: notebook(["x = 1"]) }) });
    expect(failed[0]!.error).toContain('Cannot keep "out"');
  });
});

test("of a notebook the cells are the rule's code, its results are not", () => {
  const id = (path: string) => scriptOf("one", rule({ output: "out", script: path })).text;
  const first = id(notebook(["x = 1"]));
  const run = { execution_count: 7, outputs: [{ output_type: "stream", name: "stdout", text: ["1"] }] };
  expect(id(notebook(["x = 1"], run, { language_info: { name: "python" } }))).toBe(first);
  expect(id(notebook(["x = 2"]))).not.toBe(first);
});

test.each([
  ["not JSON", "{", /is not a Jupyter notebook of format 4\n {2}Open it in Jupyter and save it\.$/],
  ["without cells", "{}", /is not a Jupyter notebook of format 4/],
  [
    "in another language",
    JSON.stringify({ cells: [], metadata: { kernelspec: { language: "R" } } }),
    /the notebook .*fit\.ipynb is in R, not in Python\n {2}Save its code as a script\.$/,
  ],
])("a notebook that is %s is refused", (_, content, message) => {
  const script = file("scripts/fit.ipynb", content);
  expect(() => dryRun({ rules: { one: rule({ output: "out", script }) }, folder })).toThrow(message);
});

test("a notebook by the key that Snakemake has for it is refused with what to write", () => {
  const one = { ...rule({ output: "out", shell: "true" }), notebook: "fit.ipynb" };
  expect(() => ruleset({ one })).toThrow('Write script: new URL("./plot.ipynb", import.meta.url).');
});
