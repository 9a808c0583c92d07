/** Each example of the engine, run as its own text says, in a copy of its folder. */
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../support/command.ts";
import { type ProjectFolder, project } from "./project.ts";

const examples = join(root, "packages/engine/examples");

function example(name: string): ProjectFolder {
  const copy = project({});
  cpSync(join(examples, name), copy.folder, { recursive: true });
  return copy;
}

const upToDate = "Nothing to be done: everything asked for is up to date.\n";

test("every example has a test here", () => {
  const folders = readdirSync(examples, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map((entry) => entry.name).sort()).toEqual(["hello", "python", "script", "sweep", "words"]);
});

test("hello: a name more makes only what is new", async () => {
  const { braid, read } = example("hello");
  expect(await braid()).toMatchObject({ code: 0, stderr: "" });
  expect(read("out/greetings.txt")).toBe("Hello, Ada!\nHello, Grace!\n");
  expect((await braid()).stdout).toBe(upToDate);
  const more = ["--names", "Ada", "Grace", "Katherine"];
  expect((await braid("-n", "-q", ...more)).stdout).toMatch(/gather +1\ngreet +1\ntotal +3\n/);
});

test("words: shell commands count the words of all texts", async () => {
  const { braid, read } = example("words");
  expect(await braid("-j", "2")).toMatchObject({ code: 0, stderr: "" });
  expect(read("most.tsv")).toMatch(/^the\t17\nof\t15\nit\t13\nwas\t12\n/);
  expect(read("most.tsv").trim().split("\n")).toHaveLength(10);
  expect((await braid("-n", "-q", "--top", "5")).stdout).toMatch(/most +1\ntotal +2\n/);
});

test("sweep: a value more trains only its own models, and the results are ranked", async () => {
  const { braid, read } = example("sweep");
  const few = ["--rates", "0.01", "0.1", "--widths", "2", "4", "--seeds", "0", "--epochs", "50"];
  expect(await braid(...few)).toMatchObject({ code: 0, stderr: "" });
  expect(read("scores.csv").trim().split("\n")).toHaveLength(1 + 4);
  const more = ["--rates", "0.01", "0.1", "0.3", "--widths", "2", "4", "--seeds", "0", "--epochs", "50"];
  expect((await braid("-n", "-q", ...more)).stdout).toMatch(/fit +2\nscore +2\ntable +1\ntotal +6\n/);
  const { stdout } = await braid("results", ...few);
  const errors = stdout
    .trim()
    .split("\n")
    .map((line) => Number.parseFloat(line));
  expect(errors).toHaveLength(4);
  expect(errors).toEqual([...errors].sort((a, b) => a - b));
});

describe("python: a training script of one's own", () => {
  const python = spawnSync("python3", ["--version"]).status === 0;

  test("is called for every setting, in batches, and again when it changes", async ({ skip }) => {
    if (!python && process.env.CI === undefined) return skip("there is no python3");
    const { braid, read, folder } = example("python");
    expect(await braid("-j", "1")).toMatchObject({ code: 0, stderr: "" });
    const ranking = read("ranking.txt").trim().split("\n");
    expect(ranking).toHaveLength(6);
    for (const line of ranking) expect(Number.parseFloat(line)).toBeLessThan(0.02);
    const { a, b } = JSON.parse(read("models/rate_0.01/seed_0.json"));
    expect(a).toBeCloseTo(2, 0);
    expect(b).toBeCloseTo(-1, 0);
    // Six jobs in batches of four are two calls, each with a log of its own.
    const run = readdirSync(join(folder, ".braid/logs"))[0]!;
    const logs = readdirSync(join(folder, ".braid/logs", run)).filter((name) => name.startsWith("train"));
    expect(logs).toHaveLength(2);
    expect(readFileSync(join(folder, ".braid/logs", run, logs[0]!), "utf8")).toContain("error 0.0");
    expect((await braid()).stdout).toBe(upToDate);
    appendFileSync(join(folder, "train.py"), "\n# an edit\n");
    expect((await braid("-n")).stdout).toContain("reason: changed input train.py");
  });
});

test("script: Python scripts as bodies, in one interpreter, and in another environment", async ({ skip }) => {
  const python = spawnSync("python3", ["--version"]).status === 0;
  if (!python && process.env.CI === undefined) return skip("there is no python3");
  const { braid, read, folder } = example("script");
  expect(await braid("-j", "1")).toMatchObject({ code: 0, stderr: "" });
  const ranking = read("ranking.txt").trim().split("\n");
  expect(ranking).toHaveLength(6);
  for (const line of ranking) expect(line).toMatch(/^0\.0\d{3} {2}rate_0\.\d+\/seed_\d\.error$/);
  expect((await braid()).stdout).toBe(upToDate);
  expect((await braid("-n", "-q", "--prefix", "env X=1")).stdout).toMatch(
    /all +0 +1\nfit +6 +0\nrank +0 +1\ntotal +6 +2\n/,
  );
  appendFileSync(join(folder, "rank.py"), "\n# an edit\n");
  expect((await braid("-n", "-q")).stdout).toMatch(/rank +1\ntotal +2\n/);
  expect((await braid("why", "ranking.txt")).stdout).toContain("+ # an edit");
});
