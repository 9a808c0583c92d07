/** What a run shows on terminals of two sizes, in a pipe and in CI; how it fails, is interrupted and goes on. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { hasTerminal, type TerminalSize, view } from "../support/terminal.ts";
import { braidCommand, type ProjectFolder, project } from "./project.ts";

/** Six texts, of which two fail if the file `broken` stands; each says that it has begun, and waits for the file `go`. */
const workflow = `import { existsSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { expand, rule, workflow } from "braid-engine";

const text = rule({
  output: "out/text_{number}_of_a_rather_long_name.txt",
  run: async ({ output, wildcards: { number } }) => {
    writeFileSync("begun_" + number, "");
    while (!existsSync("go")) await setTimeout(10);
    if (existsSync("broken") && ["2", "5"].includes(number))
      throw new Error("text " + number + " cannot be written, since somebody has put a file in the way that is called broken");
    writeFileSync(output, number);
  },
});
const texts = expand(text.output, { number: ["1", "2", "3", "4", "5", "6"] });
const book = rule({ input: texts, output: "out/book.txt", run: ({ output }) => writeFileSync(output, "") });
export default workflow({
  rules: { all: rule({ input: book.output }), book, text },
  results: (_, words, { shown, make }) => "The book: " + shown("out/book.txt") + "\\nNext: " + make("text"),
});
`;

const sizes: readonly TerminalSize[] = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 50 },
];
const [small] = sizes as [TerminalSize];
const [red, green] = [1, 2];

const esc = "\x1b";
const movesUp = new RegExp(`${esc}\\[\\d+A`);
const drawsAgain = new RegExp(`${esc}\\[\\d*[A-HJK]`);

const start = (
  { folder }: ProjectFolder,
  words: readonly string[],
  size: TerminalSize,
  env: Readonly<Record<string, string | undefined>> = {},
) => view([process.execPath, braidCommand, ...words], folder, size, env);

describe.skipIf(!hasTerminal)("on a terminal", () => {
  test.each(sizes)(
    "of $columns columns a run shows bars, then what was done and where it is",
    async (size) => {
      const made = project({ "workflow.ts": workflow });
      const run = start(made, ["-j2"], size);
      await run.until(/^now: text \(number=1\), text \(number=2\)$/);
      const during = run.lines();
      const bars = during.filter((line) => /[█░]{20}/.test(line)).map((line) => line.split(" ")[0]);
      expect(bars.at(0)).toBe("text");
      expect(bars.at(-1)).toBe("total");
      expect(during).toContainEqual(expect.stringMatching(/^text {3}░{20} {2}0\/6 {2}2 running$/));
      expect(during).toContainEqual(expect.stringMatching(/^total {2}░{20} {2}0\/8 {2}2 running$/));
      expect(during.at(-1)).toMatch(/^\d+\.\d s elapsed, time left not known yet$/);
      made.write("go", "");
      expect(await run.ended).toBe(0);
      const after = run.lines();
      expect(after.join("\n")).not.toMatch(/[█░]|now:|elapsed/);
      expect(after).toContainEqual(expect.stringMatching(/^8 jobs done, in \d+\.\d s\.$/));
      expect(after.slice(-2)).toEqual(["The book: out/book.txt", "Next: braid text"]);
      expect(existsSync(join(made.folder, "out/book.txt"))).toBe(true);
      expect(run.colourOf("8 jobs done")).toBe(green);
      expect([...run.tooWide]).toEqual([]);
    },
  );

  test.each(sizes)("of $columns columns failures stand there at once, and again at the end", async (size) => {
    const made = project({ "workflow.ts": workflow, broken: "" });
    const run = start(made, ["-k", "-j2"], size);
    await run.until(/^now: /);
    made.write("go", "");
    expect(await run.ended).toBe(1);
    const lines = run.lines();
    for (const number of [2, 5]) {
      const heads = lines.filter((line) => line.startsWith(`Failed: text (number=${number})`));
      expect(heads).toHaveLength(2);
      expect(heads[0]).toMatch(/^Failed: text \(number=\d\): Error: text \d cannot be written/);
      expect(lines).toContain(`  just this  braid out/text_${number}_of_a_rather_long_name.txt`);
    }
    const logs = lines.flatMap((line) => /^ {2}log +(\S+)$/.exec(line)?.[1] ?? []);
    expect(logs).toHaveLength(4);
    for (const path of logs) expect(existsSync(join(made.folder, path)), path).toBe(true);
    expect(lines).toContainEqual(
      expect.stringMatching(/^4 jobs done, 2 failed, 2 not run because of that, /),
    );
    expect(lines.at(-1)).toBe("To continue, repeat the command.");
    expect(run.colourOf("Failed: text (number=5)")).toBe(red);
    expect(run.colourOf("4 jobs done")).toBe(red);
    expect([...run.tooWide]).toEqual([]);
  });

  test("Ctrl-C ends the running jobs, says how to go on, and the next run makes only the rest", async () => {
    const made = project({ "workflow.ts": workflow });
    const run = start(made, ["-j2"], small);
    await run.until(/^now: text \(number=1\), text \(number=2\)$/);
    // What a worker has not begun when the run stops is left.
    await vi.waitFor(
      () => expect(["1", "2"].every((n) => existsSync(join(made.folder, `begun_${n}`)))).toBe(true),
      10_000,
    );
    run.type("\x03");
    await run.until(/^Interrupted: no new jobs start/);
    made.write("go", "");
    expect(await run.ended).toBe(130);
    const lines = run.lines();
    expect(lines).toContainEqual(expect.stringMatching(/^2 jobs done, 6 left, in /));
    expect(lines.at(-1)).toBe("Interrupted. To continue, repeat the command.");
    expect(lines.join("\n")).not.toMatch(/[█░]|now:/);
    const next = start(made, ["-j2"], small);
    expect(await next.ended).toBe(0);
    expect(next.lines()).toContainEqual(expect.stringMatching(/^6 jobs done, in /));
    expect([...run.tooWide, ...next.tooWide]).toEqual([]);
  });

  test.each([
    ["in CI", { CI: "true" }, true],
    ["that is dumb", { TERM: "dumb" }, false],
    ["with NO_COLOR", { NO_COLOR: "1" }, false],
  ])("%s", async (where, env, coloured) => {
    const made = project({ "workflow.ts": workflow, go: "" });
    const run = start(made, ["-j2"], small, env);
    expect(await run.ended).toBe(0);
    const colours = run.raw().includes(`${esc}[3`);
    expect(colours).toBe(coloured);
    // Only a terminal that can move up gets bars.
    expect(movesUp.test(run.raw())).toBe(where === "with NO_COLOR");
    expect(run.lines()).toContainEqual(expect.stringMatching(/^8 jobs done, /));
    expect([...run.tooWide]).toEqual([]);
  });
});

describe("in a pipe", () => {
  const piped = (env: Readonly<Record<string, string | undefined>>) => {
    const { folder } = project({ "workflow.ts": workflow, go: "", broken: "" });
    const clean = { ...process.env, CI: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined };
    const { stdout } = spawnSync(process.execPath, [braidCommand, "-k"], {
      cwd: folder,
      env: { ...clean, ...env },
      encoding: "utf8",
    });
    return stdout;
  };

  test.each([{}, { CI: "true" }, { FORCE_COLOR: "0" }, { FORCE_COLOR: "1", NO_COLOR: "1" }])(
    "and with %o a run writes plain lines",
    (env) => {
      const text = piped(env);
      expect(text).not.toContain(esc);
      expect(text).not.toMatch(/[\r█░]|now:/);
      expect(text).toMatch(
        /^Failed: text \(number=2\): Error: text 2 cannot .* called broken\n {2}log {2}\S+$/m,
      );
      expect(text).toMatch(/^4 jobs done, 2 failed, 2 not run because of that, in .*$/m);
    },
  );

  test("FORCE_COLOR colours the same lines, and draws nothing again", () => {
    const text = piped({ FORCE_COLOR: "1" });
    expect(text).toContain(`\n${esc}[31mFailed:${esc}[39m text (number=2): Error: text 2 cannot `);
    expect(text).not.toMatch(drawsAgain);
  });
});
