/** Bodies in the engine's own process that end it, or throw where nobody waits for them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { project } from "./project.ts";

const workflow = `import { writeFileSync } from "node:fs";
import { exit } from "node:process";
import { rule, workflow } from "braid-engine";
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const bodies = {
  exits: async () => process.exit(0),
  exitsByName: async () => exit(0),
  exitsLater: async () => {
    setTimeout(() => process.exit(0), 5);
    await wait(300);
  },
  throwsLater: async () => {
    setTimeout(() => {
      throw new Error("late");
    }, 5);
    await wait(300);
  },
  forgets: async () => void Promise.reject(new Error("forgotten")),
  waits: () => new Promise<void>(() => {}),
};
const odd = Object.entries(bodies).map(([name, run]) => [name, rule({ output: name, localRule: true, run })]);
export default workflow({
  onStart: () => {},
  rules: {
    beside: rule({ output: "beside", shell: "sleep 0.3; echo made > {output}" }),
    tooLate: rule({
      output: "tooLate",
      localRule: true,
      run: ({ output }) => {
        writeFileSync(output, "");
        setTimeout(() => {
          throw new Error("after its end");
        }, 5);
      },
    }),
    inThread: rule({ output: "inThread", run: ({ output }) => writeFileSync(output, "made") }),
    stuckInThread: rule({ output: "stuckInThread", run: bodies.waits }),
    both: rule({ input: ["tooLate", "beside"] }),
    ...Object.fromEntries(odd),
  },
});
`;
const files = { "workflow.ts": workflow };

describe("a localRule body", () => {
  test.each([
    ["exits", "A body called process.exit()"],
    ["exitsByName", "A body called process.exit()"],
    ["exitsLater", "A body called process.exit()"],
    ["throwsLater", "Error: late"],
    ["forgets", "Error: forgotten"],
  ])("that %s fails its own job, and the others go on", async (name, message) => {
    const { braid, read } = project(files);
    const { code, stdout } = await braid("-k", "-j4", name, "beside");
    expect(code).toBe(1);
    expect(stdout).toContain("1 job done, 1 failed, in ");
    expect(stdout).toMatch(new RegExp(`Failed: ${name}\n {4}.*${message.replace(/[()]/g, "\\$&")}`));
    expect(read("beside")).toBe("made\n");
    expect((await braid("status")).stdout).toMatch(/^Ended with failed jobs /);
  });

  test("that waits for what cannot come fails, instead of ending the process without a word", async () => {
    const { code, stdout, stderr } = await project(files).braid("waits");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain('Cannot finish "waits": its body awaits a promise that can never settle');
  });

  test("that waits for what cannot come fails beside worker threads, and so does one in a thread", async () => {
    const { code, stdout } = await project(files).braid("-k", "-j4", "waits", "inThread", "stuckInThread");
    expect(code).toBe(1);
    expect(stdout).toContain("1 job done, 2 failed, in ");
    for (const name of ["waits", "stuckInThread"])
      expect(stdout).toContain(`Cannot finish "${name}": its body awaits a promise that can never settle`);
  });

  test("that throws after its end is named in a warning", async () => {
    const { code, stdout } = await project(files).braid("-j2", "both");
    expect(code).toBe(0);
    expect(stdout).toContain("Warning: tooLate threw an error after it had ended: Error: after its end");
  });
});

test("an error that no body threw ends the run, which is not told as killed, and the lock is given back", async () => {
  const hook = 'onStart: () => void setTimeout(() => { throw new Error("a stray of the hook"); }, 20)';
  const { braid, folder } = project({ "workflow.ts": workflow.replace("onStart: () => {}", hook) });
  const { code, stderr } = await braid("beside");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Error: a stray of the hook\n/);
  expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  expect((await braid("status")).stdout).toMatch(/^Ended with failed jobs /);
});

test.each(["onStart", "onSuccess"])(
  "an error of %s that nobody waits for ends the run while the hook goes on, and the lock is given back",
  async (name) => {
    const hook = `${name}: async () => {
      setTimeout(() => { throw new Error("a stray of the hook"); }, 5);
      await wait(300);
    }`;
    const { braid, folder } = project({ "workflow.ts": workflow.replace("onStart: () => {}", hook) });
    const { code, stdout, stderr } = await braid("beside");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: a stray of the hook\n/);
    expect(stdout).not.toContain("Cancelled");
    expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  },
);

test.each(["onStart", "onSuccess"])(
  "%s that waits for what cannot come is an error that says so",
  async (name) => {
    const hook = `${name}: () => new Promise(() => {})`;
    const { braid, folder } = project({ "workflow.ts": workflow.replace("onStart: () => {}", hook) });
    const { code, stderr } = await braid("inThread");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `Cannot run the hook "${name}": it awaits a promise that can never settle\n`,
    });
    expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  },
);

test("a hook that ends the process ends the run with an error, and the lock is given back", async () => {
  const { braid } = project({
    "workflow.ts": workflow.replace("onStart: () => {}", "onStart: () => process.exit(0)"),
  });
  const { code, stderr } = await braid("beside");
  expect(code).toBe(1);
  expect(stderr).toContain("Cannot finish the run: the workflow called process.exit()");
  expect((await braid("status")).stdout).toMatch(/^Nothing has run /);
});
