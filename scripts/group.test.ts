import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const top = join(import.meta.dirname, "..");

function pnpm(...words: string[]) {
  const start = join(top, "scripts/start.mjs");
  const groups = join(top, "scripts/groups.ts");
  return spawnSync(process.execPath, [start, groups, ...words], { cwd: top, encoding: "utf8" });
}

test("a subcommand reads what follows its name, options included", () => {
  const { status, stdout } = pnpm("bench", "engine", "--", "--help");
  expect(status).toBe(0);
  expect(stdout).toContain("--snakemake");
});

test("--help lists the subcommands", () => {
  const { status, stdout } = pnpm("data", "--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(/pnpm data check +Check a data folder/);
});

test("a name that is nearly right, and none at all, end with the list and exit code 2", () => {
  const near = pnpm("data", "chek", "folder");
  expect(near).toMatchObject({ status: 2, stdout: "" });
  expect(near.stderr).toMatch(/^Did you mean check\?\n\nUsage: pnpm data COMMAND/);
  expect(pnpm("setup")).toMatchObject({ status: 2, stderr: expect.stringMatching(/^Which of these\?/) });
});

test("every subcommand has its script", () => {
  const table = readFileSync(join(top, "scripts/groups.ts"), "utf8");
  const files = [...table.matchAll(/\["([\w/-]+\.ts)"/g)].map(([, file]) => file!);
  expect(files.filter((file) => !existsSync(join(top, file)))).toEqual([]);
  expect(files.length).toBeGreaterThan(15);
});
