/** Outputs that are links to temporary ones, made by real commands in a real folder. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directory, temp } from "../rules/marks.ts";
import { type Files, type Rules, rule } from "../rules/rule.ts";
import { run } from "./run.ts";

let folder: string;
let far: string;
beforeEach(() => {
  [folder, far] = ["braid-links-", "braid-far-"].map((name) => mkdtempSync(join(tmpdir(), name))) as [
    string,
    string,
  ];
  // Outputs in it lie elsewhere.
  symlinkSync(far, join(folder, "far"));
});
afterEach(() => {
  for (const each of [folder, far]) rmSync(each, { recursive: true });
});

/** `u` is made by `command` from `t` (a file), `d` (a folder) and `far/t`, which are temporary. */
const rules = (command: string, output: Files = "u"): Rules => ({
  u: rule({ input: ["t", "d/x", "far/t"], output: output as "u", shell: command }),
  t: rule({ output: temp("t"), shell: "echo 1 > {output}" }),
  d: rule({ output: temp(directory("d")), shell: "mkdir {output}; echo 1 > {output}/x" }),
  far: rule({ output: temp("far/t"), shell: "echo 1 > {output}" }),
});
const make = (all: Rules, options = {}) => run({ rules: all, folder, slots: 1, ...options });

test.each<[string, string, Files | undefined, string]>([
  ["a link", "ln -sr {input[0]} {output}", undefined, 'it is a link to "t"'],
  ["an absolute link", "ln -s $(realpath {input[0]}) {output}", undefined, 'it is a link to "t"'],
  ["a link into a temporary folder", "ln -sr {input[1]} {output}", undefined, 'it is a link to "d"'],
  ["a link to another disk", "ln -s $(realpath {input[2]}) {output}", undefined, 'it is a link to "far/t"'],
  [
    "a link to a folder with temporary outputs",
    "ln -sr $(dirname {input[2]}) {output}",
    directory("u"),
    'it is a link to "far/t"',
  ],
  [
    "a link in an output folder",
    "mkdir -p {output}/sub; ln -sr {input[0]} {output}/sub/in",
    directory("u"),
    'it holds a link to "t", which is temporary\n  link  u/sub/in',
  ],
  [
    "a link to an output of the same job",
    "echo 1 > {output[0]}; ln -sr {output[0]} {output[1]}",
    [temp("own"), "u"],
    'it is a link to "own"',
  ],
])("%s to what is temporary fails its job", async (_, command, output, text) => {
  const { failed, done } = await make(rules(command, output));
  expect(done).toBe(3);
  expect(failed.map(({ error }) => error)).toEqual([expect.stringContaining(`Cannot keep "u": ${text}`)]);
  expect(failed[0]!.error).toMatch(/copy the file, or do not mark .* as temp\(\)\.$/m);
  expect(existsSync(join(folder, "u"))).toBe(false);
});

test("so does one that leads there by another link, which no job made", async () => {
  const all: Rules = {
    u: rule({ input: "t", output: "u", shell: `ln -s ${folder}/elsewhere {output}` }),
    t: rules("").t!,
  };
  symlinkSync("t", join(folder, "elsewhere"));
  const { failed } = await make(all);
  expect(failed[0]!.error).toContain('Cannot keep "u": it is a link to "t", which is temporary');
});

test("links inside a temporary folder, links to other files, and links of a run that keeps temporary files are fine", async () => {
  const inside: Rules = {
    u: rule({ input: ["d", "s"], output: "u", shell: "cat {input[0]}/y > {output}" }),
    d: rule({
      output: temp(directory("d")),
      shell: "mkdir {output}; echo 1 > {output}/x; ln -sr {output}/x {output}/y",
    }),
    s: rule({ output: "s", shell: "echo 1 > {output}.1; mv {output}.1 {output}" }),
  };
  expect(await make(inside)).toMatchObject({ outcome: "done" });
  const direct: Rules = {
    v: rule({ input: "t", output: "v", shell: "ln -sr {input} {output}" }),
    t: rules("").t!,
  };
  expect(await make(direct, { keepTemporary: true })).toMatchObject({ outcome: "done" });
  expect(readFileSync(join(folder, "v"), "utf8")).toBe("1\n");
  expect(await make(direct)).toMatchObject({ total: 0 });
});
