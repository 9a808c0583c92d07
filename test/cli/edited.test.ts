/** A workflow that is edited while it runs. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type ProjectFolder, project, type Running } from "./project.ts";

/** `b` needs a worker that starts after the edit; `long` runs at the time, and `late` and `own` come after it. */
const text = `
import { copyFileSync } from "node:fs";
import { rule, workflow } from "braid-engine";
const shell = (name, input) => rule({
  input,
  output: name + ".txt",
  shell: "touch begun_" + name + "; while [ ! -e go_" + name + " ]; do sleep 0.05; done; touch {output}",
});
const long = shell("long", []);
const a = shell("a", []);
const late = shell("late", long.output);
const own = rule({ input: late.output, output: "own.txt", localRule: true, run: ({ output }) => copyFileSync("late.txt", output) });
const b = rule({ input: a.output, output: "b.txt", run: ({ input, output }) => copyFileSync(input, output) });
export default workflow({ rules: { all: rule({ input: [own.output, b.output] }), long, a, late, own, b } });
`;
const files = { "workflow.ts": text, go_late: "" };
const made = ["long", "a", "late", "own", "b"];

const edits: readonly (readonly [string, (at: ProjectFolder) => void, RegExp])[] = [
  [
    "the body of a rule",
    (at) => at.write("workflow.ts", text.replace("copyFileSync(input, output)", "{ $& }")),
    /Failed: b\n {4}Cannot run the rule "b": it has changed since the run began\n/,
  ],
  [
    "a mistake in the syntax",
    (at) => at.write("workflow.ts", text.replace("const long =", "const long")),
    /Failed: b\n {4}Cannot load the workflow: it does not load in a worker\n {6}error {2}SyntaxError: .*\n.*\/workflow\.ts:9\n/,
  ],
  [
    "the file removed",
    (at) => rmSync(join(at.folder, "workflow.ts")),
    /Failed: b\n {4}Cannot load the workflow: it does not load in a worker\n {6}error {2}Cannot find module '.*\/workflow\.ts'/,
  ],
];

/** Resolves when both first jobs are under way; rejects when the run ends before. */
const begun = async (at: ProjectFolder, run: Running) => {
  const over = run.ended.then(({ stdout, stderr }) => {
    throw new Error(`ended before its first jobs began:\n${stdout}${stderr}`);
  });
  const made = () => ["long", "a"].every((name) => existsSync(join(at.folder, `begun_${name}`)));
  while (!made()) await Promise.race([setTimeout(20), over]);
  over.catch(() => {});
};
const standing = (at: ProjectFolder) => made.filter((name) => existsSync(join(at.folder, `${name}.txt`)));

for (const [what, edit, failure] of edits)
  for (const keepGoing of [true, false])
    test(`${what}${keepGoing ? ", with -k" : ""}: only jobs that need it fail, and once repaired all is made`, async () => {
      const at = project(files);
      const run = at.start("-j", "2", ...(keepGoing ? ["-k"] : []));
      await begun(at, run);
      edit(at);
      at.write("go_a", "");
      await run.until(/Failed: b: /);
      at.write("go_long", "");
      const { code, stdout, stderr } = await run.ended;
      expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
      expect(stdout).toMatch(failure);
      expect(stdout).not.toContain("Cancelled");
      expect(standing(at)).toEqual(keepGoing ? ["long", "a", "late", "own"] : ["long", "a"]);
      at.write("workflow.ts", text);
      expect(await at.braid()).toMatchObject({ code: 0, stderr: "" });
      expect(standing(at)).toEqual(made);
    });

test("a workflow that never loads in a worker is one error", async () => {
  const mistake = 'if (!isMainThread) throw new Error("not in a thread");';
  const bodies = `
import { isMainThread } from "node:worker_threads";
import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";
${mistake}
const one = rule({ output: "{n}.txt", run: ({ output }) => writeFileSync(output, "") });
export default workflow({ rules: { all: rule({ input: expand(one.output, { n: [1, 2, 3, 4] }) }), one } });
`;
  const at = project({ "workflow.ts": bodies });
  const { code, stdout, stderr } = await at.braid("-k", "-j", "4");
  expect(code).toBe(2);
  expect(stdout).not.toContain("Failed");
  expect(stderr.match(/Cannot load the workflow: it does not load in a worker/g)).toHaveLength(1);
  expect(stderr).toMatch(/ {2}error {2}not in a thread\n.*\/workflow\.ts:5\n/);
  at.write("workflow.ts", bodies.replace(mistake, ""));
  expect((await at.braid()).code).toBe(0);
});

test("tasks of a queue whose rule was edited, or whose workflow does not load, fail by themselves", async () => {
  const profile = {
    executor: "command",
    jobs: 2,
    "keep-going": true,
    command: {
      submit: "setsid bash {script} > {log} 2>&1 < /dev/null & echo started {rule} as $!",
      status: "kill -0 {id} 2> /dev/null && echo RUNNING || true",
      cancel: "kill -TERM -- -{id} 2> /dev/null || true",
      poll: 0.1,
      status_every: 0.5,
      latency: 0.5,
      submitRate: 50,
    },
  };
  // In a queue, commands are run by the workflow too.
  const other = text.replace("touch {output}", "touch {output} # edited");
  for (const [edited, reasons] of [
    [other, [/Failed: late\n {4}Cannot run the rule "late": it has changed since the run began\n/]],
    [
      text.replace("const long =", "const long"),
      [/Failed: b\n {4}Cannot load the workflow: .*\n.*SyntaxError/, /Failed: late\n {4}Cannot load/],
    ],
  ] as const) {
    const at = project({ ...files, "p.yml": JSON.stringify(profile) });
    const run = at.start("--profile", "p.yml");
    await begun(at, run);
    at.write("workflow.ts", edited);
    at.write("go_a", "");
    at.write("go_long", "");
    const { code, stdout } = await run.ended;
    expect(code).toBe(1);
    for (const reason of reasons) expect(stdout).toMatch(reason);
    expect(stdout).not.toContain("Cancelled");
    expect(standing(at)).toEqual(edited === other ? ["long", "a", "b"] : ["long", "a"]);
    at.write("workflow.ts", text);
    expect(await at.braid("--profile", "p.yml")).toMatchObject({ code: 0 });
    expect(standing(at)).toEqual(made);
  }
});
