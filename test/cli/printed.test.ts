/** What bodies print goes to the log of their job, wherever they run. */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { project } from "./project.ts";

const workflow = `import { writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";
console.log("printed at the top");
const say = async ({ output, log, wildcards: { n } }) => {
  console.log("one " + n);
  await new Promise((resolve) => setTimeout(resolve, 10));
  console.error("two " + n);
  process.stdout.write("three " + n + "\\n");
  log("four " + n);
  writeFileSync(output, "");
};
const own = { output: "own_{n}", log: "logs/own_{n}.log", run: say } as const;
const turn = { output: "turn_{n}", log: "logs/turn_{n}.log", batch: 3, run: say } as const;
const here = { output: "here_{n}", log: "logs/here_{n}.log", localRule: true, run: say } as const;
const nameless = { output: "nameless_{n}", localRule: true, run: say } as const;
const names = ["own", "turn", "here", "nameless", "together"];
export default workflow({
  rules: {
    all: rule({ input: names.map((name) => expand(name + "_{n}", { n: [1, 2, 3] })) }),
    own: rule(own), turn: rule(turn), here: rule(here), nameless: rule(nameless),
    together: rule({
      output: "together_{n}",
      log: "logs/together_{n}.log",
      batch: 3,
      runBatch: async (batch) => {
        console.log("for all of them");
        for (const job of batch) {
          job.log("only " + job.wildcards.n);
          writeFileSync(job.output, "");
          job.done();
        }
      },
    }),
  },
  onSuccess: () => console.log("printed by a hook"),
});
`;

test("each job's own log gets all that it prints and logs, alone, in turn and in the engine's process", async () => {
  const { braid, read, folder } = project({ "workflow.ts": workflow });
  const { code, stdout } = await braid("-q", "-j1");
  expect(code).toBe(0);
  for (const name of ["own", "turn", "here"])
    for (const n of [1, 2, 3])
      expect(read(`logs/${name}_${n}.log`)).toBe(`one ${n}\ntwo ${n}\nthree ${n}\nfour ${n}\n`);
  const [run] = readdirSync(`${folder}/.braid/logs`);
  const below = (rule: string) =>
    readdirSync(`${folder}/.braid/logs/${run}`)
      .filter((file) => file.startsWith(rule))
      .map((file) => read(`.braid/logs/${run}/${file}`))
      .join("");
  expect(below("nameless").match(/three/g)).toHaveLength(3);
  expect(below("together")).toBe("for all of them\n");
  expect(read("logs/together_2.log")).toBe("only 2\n");
  expect(stdout).not.toMatch(/(one|two|three|four) \d/);
  expect(stdout).toContain("printed at the top\n");
  expect(stdout).toContain("printed by a hook\n");
});

test("with --json, standard output is JSON lines alone: what the workflow prints goes to standard error", async () => {
  const { braid } = project({ "workflow.ts": workflow });
  for (const args of [["-n"], ["why", "own_1"], [], ["status"]]) {
    const { code, stdout, stderr } = await braid(...args, "--json");
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) expect(JSON.parse(line)).toBeTypeOf("object");
    if (args[0] !== "status") expect(stderr).toContain("printed at the top\n");
    if (args.length === 0) expect(stderr).toContain("printed by a hook\n");
  }
});
