/** The entry of every script: what a person reads when it cannot start. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const scripts = join(import.meta.dirname, "../scripts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-start-"));
  mkdirSync(join(folder, "scripts"));
  for (const name of ["start.mjs", "check.mjs"]) cpSync(join(scripts, name), join(folder, "scripts", name));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, "scripts/start.mjs"), ...args],
    {
      encoding: "utf8",
      cwd: tmpdir(),
    },
  );
  return { status, stdout, stderr };
}

function install() {
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(join(folder, "node_modules/.modules.yaml"), "");
}

test("without the dependencies it says how to get them", () => {
  expect(start("main.ts")).toEqual({
    status: 2,
    stdout: "",
    stderr:
      "Cannot start: the dependencies are not installed\n  Run `npx -y pnpm@12 install` in the project's folder and read its error.\n",
  });
});

test("without a file it tells its usage", () => {
  install();
  expect(start()).toMatchObject({ status: 2, stderr: "Usage: node scripts/start.mjs FILE [ARG ...]\n" });
});

test("it runs a TypeScript file of the project from any folder, with the arguments as given", () => {
  install();
  writeFileSync(
    join(folder, "main.ts"),
    "const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify(args));\nprocess.exitCode = 3;\n",
  );
  expect(start("main.ts", "--", "--sites", "01022500", "--", "-n")).toMatchObject({
    status: 3,
    stdout: '["--sites","01022500","--","-n"]\n',
  });
});
