/** Outputs that are links, folders and pipes, made by real commands in a real folder. */
import { execSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { directory } from "../rules/marks.ts";
import { type AnyRule, type Files, rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-links-"));
  writeFileSync(join(folder, "s.txt"), "source\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const linkIn = (path: string) => readlinkSync(join(folder, path));
const textIn = (path: string) => readFileSync(join(folder, path), "utf8");
const make = (one: AnyRule) => run({ rules: { one }, folder, slots: 1 });
const shell = (output: Files, command: string) =>
  rule({ input: "s.txt", output: output as "x", shell: command });

test("a relative link made with `ln -sr` points at the same file from its final place", async () => {
  const one = shell("d/e/a.txt", "ln -sr {input} {output}");
  expect(await make(one)).toMatchObject({ outcome: "done", done: 1 });
  expect(linkIn("d/e/a.txt")).toBe("../../s.txt");
  expect(textIn("d/e/a.txt")).toBe("source\n");
  expect(await make(one)).toMatchObject({ total: 0 });
});

test("a relative link written for the final place stays as it is", async () => {
  mkdirSync(join(folder, "d"));
  writeFileSync(join(folder, "d/beside.txt"), "beside\n");
  const one = shell(["d/a.txt", "d/b.txt"], "ln -s ../s.txt {output[0]} && ln -s beside.txt {output[1]}");
  expect(await make(one)).toMatchObject({ outcome: "done" });
  expect([linkIn("d/a.txt"), linkIn("d/b.txt")]).toEqual(["../s.txt", "beside.txt"]);
  expect(await make(one)).toMatchObject({ total: 0 });
});

test("a link to another output of the same job points at its final path", async () => {
  const command =
    "echo 1 > {output[0]}; ln -s $(realpath {output[0]}) {output[1]}; ln -sr {output[0]} {output[2]}";
  const one = shell(["d/a.txt", "d/latest", "d/rel"], command);
  expect(await make(one)).toMatchObject({ outcome: "done" });
  expect(textIn("d/latest")).toBe("1\n");
  expect(linkIn("d/latest")).toBe(join(folder, "d/a.txt"));
  expect(linkIn("d/rel")).toBe("a.txt");
});

test("links inside a folder that is an output are aimed too, and one that points nowhere is left", async () => {
  const command =
    "mkdir -p {output}/sub; echo 1 > {output}/x; ln -sr {output}/x {output}/sub/y; ln -s $(realpath {output})/x {output}/z; ln -sr {input} {output}/sub/in; ln -s nowhere {output}/n";
  expect(await make(shell(directory("d/f"), command))).toMatchObject({ outcome: "done" });
  expect(["sub/y", "z", "sub/in", "n"].map((name) => linkIn(`d/f/${name}`))).toEqual([
    "../x",
    join(folder, "d/f/x"),
    "../../../s.txt",
    "nowhere",
  ]);
});

test("an output that is a link to nowhere, or to what goes with staging, fails its job", async () => {
  const nowhere = await make(shell("d/a.txt", "ln -s nowhere.txt {output}"));
  expect(nowhere.failed[0]!.error).toContain('Cannot keep "d/a.txt": it is a link that points nowhere');
  expect(nowhere.failed[0]!.error).toContain("link to  nowhere.txt");
  const beside = await make(shell("d/a.txt", "echo 1 > {output}.real; ln -sr {output}.real {output}"));
  expect(beside.failed[0]!.error).toContain("a link to a file in staging that is not an output of the job");
});

test("an output whose link points nowhere any more is a removed one, and no later run stumbles over it", async () => {
  const one = shell("a.txt", `ln -sr ${folder}/other.txt {output}`);
  writeFileSync(join(folder, "other.txt"), "other\n");
  expect(await make(one)).toMatchObject({ outcome: "done", done: 1 });
  rmSync(join(folder, "other.txt"));
  expect((await make(one)).failed[0]!.error).toContain("points nowhere");
  writeFileSync(join(folder, "other.txt"), "again\n");
  expect(await make(one)).toMatchObject({ outcome: "done" });
});

test("an output in whose place a folder or a pipe stands is missing, and is made again", async () => {
  const one = shell("a.txt", "echo 1 > {output}");
  await make(one);
  const swap = async (command: string) => {
    execSync(command, { cwd: folder });
    return make(one);
  };
  expect(await swap("rm a.txt && mkdir a.txt")).toMatchObject({ outcome: "done", total: 1 });
  expect(await swap("rm a.txt && mkfifo a.txt")).toMatchObject({ outcome: "done", total: 1 });
  expect(textIn("a.txt")).toBe("1\n");
  await expect(swap("rm a.txt && mkdir a.txt && touch a.txt/mine")).rejects.toThrow(
    'Cannot make "a.txt": a folder with files has this path',
  );
  expect(await swap("mv a.txt away")).toMatchObject({ outcome: "done", total: 1 });
});

test("a pipe or a device among the inputs is not read by the engine", async () => {
  execSync("mkfifo pipe", { cwd: folder });
  const one = rule({ input: ["pipe", "/dev/null"], output: "a.txt", shell: "echo 1 > {output}" });
  expect(await make(one)).toMatchObject({ outcome: "done", total: 1 });
  expect(await make(one)).toMatchObject({ total: 0 });
});

test("a log that cannot be written fails its job and says so", async () => {
  mkdirSync(join(folder, "log"));
  const one = rule({ output: "a.txt", log: "log", shell: "echo 1 > {output}" });
  const { failed } = await make(one);
  expect(failed[0]!.error).toContain('Cannot write the log "log": it is a folder');
});

test.each([
  rule({ output: "s.txt/d/a.txt", shell: "echo 1 > {output}" }),
  rule({ output: "a.txt", log: "s.txt/d/log", shell: "echo 1 > {output}" }),
])("an output or a log whose folder is a file is refused before its body runs", async (one) => {
  await expect(make(one)).rejects.toThrow('Cannot make outputs in "s.txt/d": "s.txt" is a file');
});

test("a folder output may be written with a slash at the end", async () => {
  expect(await make(rule({ output: directory("d/"), shell: "mkdir {output}" }))).toMatchObject({ done: 1 });
  expect(await make(rule({ output: directory("d/"), shell: "mkdir {output}" }))).toMatchObject({ total: 0 });
});

test("a body that makes a pipe fails", async () => {
  const { failed } = await make(shell("a.txt", "mkfifo {output}"));
  expect(failed[0]!.error).toContain('Cannot keep "a.txt": the body made neither a file nor a folder');
});
