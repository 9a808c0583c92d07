import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeStarter } from "./offline-starter.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-offline-"));
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  symlinkSync(process.execPath, join(folder, "node_modules/.bin/node"));
  makeStarter(folder, process.execPath);
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, env: Record<string, string> = {}): string {
  const { stdout, stderr } = spawnSync(join(folder, "offline/node"), ["--eval", program], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return stdout + stderr;
}

test("starts Node with the system's own libraries where they will do", () => {
  expect(run("console.log(process.execPath, process.env.BRAID_NODE)")).toMatch(/node\S* undefined\n$/);
});

test("starts Node with the packed libraries where they will not, and says how to start another", () => {
  const program = `
    const maps = require("fs").readFileSync("/proc/self/maps", "utf8");
    const libraries = maps.match(/\\/\\S+\\.so\\S*/g);
    console.log(libraries.every((path) => path.startsWith(${JSON.stringify("FOLDER")})), process.env.BRAID_NODE);
    new (require("worker_threads").Worker)("console.log('a thread too')", { eval: true });
  `.replace("FOLDER", folder);
  expect(run(program, { BRAID_OWN_GLIBC: "1" })).toBe(`true ${folder}/offline/node\na thread too\n`);
});
