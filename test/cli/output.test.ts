/** Standard output that is full, or that nobody reads any more; hooks that throw. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { braidCommand, project } from "./project.ts";

const three = `import { expand, rule, workflow } from "braid-engine";
const one = rule({ output: "{n}.out", shell: "sleep 0.2; echo {wildcards.n} > {output}" });
export default workflow({ rules: { all: rule({ input: expand(one.output, { n: [1, 2, 3] }) }), one } });
`;

/** Runs a line of bash in which $braid is the command; returns what it prints. */
function bash(folder: string, line: string): string {
  const env = { ...process.env, NO_COLOR: "1", braid: `${process.execPath} ${braidCommand}` };
  return execFileSync("bash", ["-c", `(${line}) 2>&1`], { cwd: folder, env, encoding: "utf8" });
}

test("a run whose reader goes makes all the same, ends with 0 and gives the lock back", () => {
  const { folder, read } = project({ "workflow.ts": three });
  expect(bash(folder, "$braid -j1 | true; echo $PIPESTATUS")).toBe("0\n");
  expect(read("3.out")).toBe("3\n");
  expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
});

test.skipIf(!existsSync("/dev/full"))(
  "a run that cannot be told of makes all the same, and ends with 1",
  () => {
    const { folder, read } = project({ "workflow.ts": three });
    expect(bash(folder, "$braid > /dev/full; echo $?")).toMatch(
      /^Cannot write to standard output: ENOSPC: .*\n1\n$/,
    );
    expect(read("3.out")).toBe("3\n");
    expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  },
);

test.skipIf(!existsSync("/dev/full"))("what prints nothing else than text fails where it cannot", () => {
  const { folder } = project({ "workflow.ts": three });
  expect(bash(folder, "$braid --rulegraph > /dev/full; echo $?")).toMatch(/^Cannot write .*\n1\n$/);
});

test.each([
  ["onStart", "1.out", 0],
  ["onSuccess", "1.out", 1],
  ["onError", "none", 0],
] as const)("an %s hook that throws is named, and the lock is given back", async (hook, target, made) => {
  const text = three
    .replace("rules: {", `${hook}: () => { throw new Error("no mail today"); },\n  rules: {`)
    .replace(", one }", ', one, fails: rule({ output: "none", shell: "exit 3" }) }');
  const { braid, folder } = project({ "workflow.ts": text });
  const { code, stderr } = await braid(target);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    new RegExp(`^Cannot run the hook "${hook}": it failed\n {2}error {2}Error: no mail today\n`),
  );
  expect(existsSync(join(folder, ".braid/lock"))).toBe(false);
  expect(existsSync(join(folder, "1.out"))).toBe(made === 1);
});
