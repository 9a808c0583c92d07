/** Runs as a person watches them: progress, failures, interruptions, and the status from another shell. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { project } from "./project.ts";
import { letters, waiting } from "./workflows.ts";

describe("a run that succeeds", () => {
  test("shows the table of jobs, an estimate or none, and what was done", async () => {
    const { braid } = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
    const { stdout, stderr, code } = await braid();
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toMatch(/^job +count\n.*\nall +1\n/);
    expect(stdout).toContain("No estimate before the first jobs have run; ");
    expect(stdout).toMatch(/4 jobs done, in .* s\.\n$/);
    expect(stdout).not.toContain("\x1b");
    expect((await braid()).stdout).toBe("Nothing to be done: everything asked for is up to date.\n");
  });

  test("as JSON says each event in a line", async () => {
    const { braid } = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
    const { stdout } = await braid("--json");
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ kind: "planned", total: 4, rules: { all: 1, gather: 1, shout: 2 } });
    expect(events.filter(({ kind }) => kind === "done").map(({ job }) => job)).toEqual(
      expect.arrayContaining(["shout (name=a)", "shout (name=b)", "gather", "all"]),
    );
    expect(events.at(-1)).toMatchObject({ kind: "ended", summary: { outcome: "done", done: 4 } });
    for (const event of events) expect(event.at).toBeTypeOf("number");
  });

  test("as JSON says how many jobs of each rule run only if their inputs change", async () => {
    const { braid, write } = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
    await braid();
    write("a.txt", "changed");
    const [planned = ""] = (await braid("--json")).stdout.split("\n");
    expect(JSON.parse(planned)).toMatchObject({
      kind: "planned",
      total: 3,
      rules: { all: 1, gather: 1, shout: 1 },
      onlyIf: { all: 1, gather: 1 },
    });
  });
});

describe("a run with a failed job", () => {
  const files = { "workflow.ts": waiting, go: "" };

  test("lists it at the end with its log and the command for just this job, and exits with 1", async () => {
    const { stdout, code } = await project(files).braid("-k", "-j", "2");
    expect(code).toBe(1);
    expect(stdout).toContain("19 jobs done, 1 failed, 1 not run because of that");
    expect(stdout).toMatch(
      /\nFailed: wait \(name=13\)\n {4}Error: unlucky\n[\s\S]*\n {2}log +\.braid\/logs\/\S+\/wait-\d+\.log\n {2}just this {2}braid out\/13\n/,
    );
  });

  test("repeats the options that name the config and the folder in that command", async () => {
    const text = waiting.replace(
      "rules: {",
      'config: z.strictObject({ mark: z.string().default("") }),\n  rules: {',
    );
    const workflow = text.replace("{ expand, rule, workflow }", "{ expand, rule, workflow, z }");
    const { write, braid } = project({ "workflow.ts": workflow, "sub/go": "" });
    write("other.yml", "mark: x\n");
    const { stdout } = await braid("-k", "--configfile", "other.yml", "-d", "sub", "--mark", "two words");
    expect(stdout).toMatch(/ {2}log +sub\/\.braid\/logs\/\S+\n/);
    expect(stdout).toContain(
      "just this  braid out/13 --directory sub --configfile other.yml --mark 'two words'\n",
    );
  });

  test("ends early without -k, and says so", async () => {
    const { stdout, code } = await project(files).braid("-j", "1", "out/13", "out/14");
    expect(code).toBe(1);
    expect(stdout).toContain("A job failed: no new jobs start (-k continues with jobs that do not need it).");
    expect(stdout).toContain("0 jobs done, 1 failed, 1 left");
  });

  test("is explained by why and by status", async () => {
    const { braid } = project(files);
    await braid("-k");
    const why = (await braid("why", "out/13")).stdout;
    expect(why).toMatch(/^out\/13: missing\n {2}reason {3}missing output out\/13\n/);
    expect(why).toMatch(/ {2}failed {3}\d{4}-.*\n {2}error {4}Error: unlucky\n/);
    expect((await braid("why", "all.txt")).stdout).toContain(
      "it waits for a job that failed:\nout/13: missing\n  reason   missing output out/13\n",
    );
    const status = (await braid("status")).stdout;
    expect(status).toMatch(/^Ended with failed jobs after /);
    expect(status).toMatch(/^wait .* 19\/20 .*1 failed/m);
    expect(status).toMatch(/1 job not run\.\n\nFailed: wait: out\/13\n {4}Error: unlucky\n {2}log {2}/);
  });
});

describe("a run that is interrupted", () => {
  /** A run of which two jobs have begun, and wait. */
  async function running() {
    const folder = project({ "workflow.ts": waiting });
    const run = folder.start("-j", "2", "-k");
    while (readdirSync(folder.folder).filter((name) => name.startsWith("begun")).length < 2)
      await setTimeout(20);
    return { ...folder, run };
  }

  test("can be watched from another shell", async () => {
    const { braid, write, run } = await running();
    const { stdout } = await braid("status");
    expect(stdout).toMatch(/^Running for .* \(began /);
    expect(stdout).toMatch(/^wait .* 0\/20 .* 2 running$/m);
    write("go", "");
    expect((await run.ended).code).toBe(1);
  });

  test("once by Ctrl-C lets running jobs end, starts nothing new, and exits with 130", async () => {
    const { braid, write, run } = await running();
    run.process.kill("SIGINT");
    await run.until(
      /Interrupted: no new jobs start; waiting for the running ones\. Press Ctrl-C again to cancel them\./,
    );
    write("go", "");
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("2 jobs done, 19 left");
    expect(stdout).toContain("Interrupted. To continue, repeat the command.");
    expect((await braid("status")).stdout).toMatch(/^Interrupted after /);
  });

  test("twice by Ctrl-C cancels running jobs", async () => {
    const { braid, run } = await running();
    run.process.kill("SIGINT");
    await run.until(/Interrupted/);
    run.process.kill("SIGINT");
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain("Cancelled: stopping the running jobs");
    expect(stdout).toContain("0 jobs done, 21 left");
    expect((await braid("-n", "-q")).stdout).toMatch(/wait +20\n/);
  });

  test("by SIGTERM cancels running jobs at once", async () => {
    const { run } = await running();
    run.process.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ code: 130, stdout: expect.stringContaining("Cancelled") });
  });

  test.each([
    ["Ctrl-C twice", ["SIGINT", "SIGINT"]],
    ["SIGTERM", ["SIGTERM"]],
  ] as const)("whose hook never ends is ended by %s, and gives its lock back", async (_, signals) => {
    const { start, folder } = project({
      "workflow.ts": `import { rule, workflow } from "braid-engine";
export default workflow({
  rules: { one: rule({ output: "one", shell: "echo > {output}" }) },
  onSuccess: () => new Promise(() => setInterval(() => {}, 1_000)),
});
`,
    });
    const run = start("one");
    await run.until(/1 job done/);
    for (const [i, signal] of signals.entries()) {
      if (i > 0) await run.until(/A hook is still running\. Press Ctrl-C again to end it\./);
      run.process.kill(signal);
    }
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).not.toMatch(/Interrupted|Cancelled/);
    expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  });

  test("by kill -9 is told as killed, and the same command goes on", async () => {
    const { braid, write, run } = await running();
    run.process.kill("SIGKILL");
    await run.ended;
    expect((await braid("status")).stdout).toMatch(/^Killed after about /);
    write("go", "");
    const { stdout, code } = await braid("-k");
    expect(code).toBe(1);
    expect(stdout).toContain("19 jobs done, 1 failed");
  });
});

describe("a wrong command line", () => {
  const files = { "workflow.ts": letters, "a.txt": "one", "b.txt": "two" };

  test.each([
    [["--executor", "cloud"], 'Cannot read option "--executor"'],
    [["--jobs", "many"], 'Cannot read option "--jobs": "many" is not a whole number from 1'],
    [["--summary", "--touch"], 'Cannot do "--summary": --touch is given as well'],
    [
      ["--lint"],
      'Cannot read option "--lint": it is one of Snakemake\'s\n  The TypeScript compiler checks a workflow.',
    ],
    [["--kep-going"], 'Did you mean "--keep-going"?'],
    [["status", "--until", "x"], 'Cannot read option "--until": the command status does not have it'],
    [["results"], 'Cannot print "results": the workflow has no results()'],
    [["other.ts"], 'Cannot find the workflow "other.ts": the file does not exist'],
  ])("%j is refused with exit code 2", async (args, message) => {
    const { code, stderr, stdout } = await project(files).braid(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test.each([
    ["does not parse", "export default workflow({", /loading it failed\n {2}error +\S*workflow\.ts:2\n/],
    ["throws", "const none = null; none.names;", /loading it failed\n {2}error +TypeError: /],
    [
      "has rules() that throws",
      "rules: () => none.names",
      /its rules\(\) failed\n {2}error +ReferenceError: none/,
    ],
    [
      "has resolve() that throws",
      "resolve: () => none.names, rules: {}",
      /its resolve\(\) failed\n {2}error +ReferenceError: none/,
    ],
  ])(
    "a workflow that %s is shown where, without the engine's own part of the stack",
    async (_, text, message) => {
      const definition = text.includes(": ") ? `export default workflow({ ${text} });` : text;
      const file = `import { workflow } from "braid-engine";\n${definition}\n`;
      const { stderr, stdout, code } = await project({ "workflow.ts": file }).braid("-n");
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain('Cannot read the workflow "workflow.ts": ');
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/packages\/engine|node:internal/);
    },
  );

  test("a rule may not have the name of a command", async () => {
    const { stderr, code } = await project({
      "workflow.ts": `import { rule, workflow } from "braid-engine";
export default workflow({ rules: { status: rule({ output: "x", run: () => {} }) } });\n`,
    }).braid("-n");
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot name a rule "status"');
  });

  test("results prints what the workflow says, in its working folder", async () => {
    const text = letters.replace(
      "rules: ({ mark",
      'results: ({ mark }, words) => [mark, ...words, readFileSync("a.txt", "utf8")].join(" "),\n  rules: ({ mark',
    );
    const { braid } = project({ ...files, "workflow.ts": text });
    expect((await braid("results", "x", "y")).stdout).toBe("! x y one\n");
  });

  test("results is told the command as typed, and how the user sees a path of the working folder", async () => {
    const text = letters.replace(
      "rules: ({ mark",
      'results: (_config, _words, { shown, run }) => shown("out/a.up") + " | " + run,\n  rules: ({ mark',
    );
    const inside = Object.entries(files).map(([name, content]) => [`elsewhere/x y/${name}`, content]);
    const { braid } = project({ ...files, ...Object.fromEntries(inside), "workflow.ts": text });
    expect((await braid("-j", "1", "-d", "elsewhere/x y")).stdout).toMatch(
      /\n\nelsewhere\/x y\/out\/a.up \| .*-j 1 -d 'elsewhere\/x y'\n$/,
    );
    expect((await braid("results", "-d", "elsewhere/x y")).stdout).toMatch(
      /^elsewhere\/x y\/out\/a.up \| .*[^s] -d 'elsewhere\/x y'\n$/,
    );
  });

  test("a run that made its target ends with the results, one that made a part of it does not", async () => {
    const text = letters.replace(
      "rules: ({ mark",
      'results: ({ mark }) => "the answer is " + mark,\n  rules: ({ mark',
    );
    const { braid } = project({ ...files, "workflow.ts": text });
    expect((await braid("out/a.up")).stdout).not.toContain("the answer");
    expect((await braid("-n")).stdout).not.toContain("the answer");
    expect((await braid("-q")).stdout).not.toContain("the answer");
    expect((await braid()).stdout).toMatch(/\n\nthe answer is !\n$/);
  });

  test("results that cannot be told yet do not fail a run", async () => {
    const text = letters
      .replace("import { expand", "import { cannot, expand")
      .replace(
        "rules: ({ mark",
        'results: () => { throw cannot("tell", "it", "too early"); },\n  rules: ({ mark',
      );
    const { code, stdout } = await project({ ...files, "workflow.ts": text }).braid();
    expect(code).toBe(0);
    expect(stdout).not.toContain("too early");
  });
});
