import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { newFolder } from "./testing/files.ts";
import { writeCamelsUs } from "./testing/published-layouts.ts";

let folder: string;
beforeEach(() => {
  folder = newFolder();
  writeCamelsUs(join(folder, "camels"), { sites: ["01022500"] });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a command of this package in the folder, as a user does. */
function run(command: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const file = join(import.meta.dirname, command);
    execFile(process.execPath, [file, ...args], { cwd: folder }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

it("imports a folder, checks what came of it, and says what to do next", async () => {
  const { code, out, err } = await run("import-data.ts", "camels", "--out", "mine");
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(
    /^CAMELS-US \(Newman et al. 2015, Addor et al. 2017\): 1 site imported\.\n\nLeft out of sites/,
  );
  expect(out).toContain("No errors, 0 warnings: a run can use this folder");
  expect(out).toContain("Next: pnpm data check --configfile mine/config.yml");
  const config = () => readFileSync(join(folder, "mine/config.yml"), "utf8");
  expect(config()).toContain("# Written by pnpm data import,");
  writeFileSync(join(folder, "mine/config.yml"), "mine\n");
  const again = await run("import-camels.ts", "camels", "--out", "mine");
  expect(again.out).toContain("mine/config.yml already exists and was not changed.");
  expect(config()).toBe("mine\n");
});

it("refuses what belongs to files of one's own, and files in place of a folder", async () => {
  writeFileSync(join(folder, "a.csv"), "");
  for (const [args, message] of [
    [["camels", "--mapping", "m.yml"], 'Cannot use mapping "m.yml": a published data set needs none'],
    [
      ["camels", "a.csv"],
      'Cannot import "camels a.csv": a published data set must be one folder, without other paths',
    ],
    [["a.csv", "b.csv", "--layout", "camels-us"], "--layout is about such a folder"],
    [["a.csv", "--layout", "camels-us"], 'Cannot import "a.csv": it is a file, and a data set is a folder'],
    [["camels", "--forcing", "maurer"], "it has no maurer forcing"],
  ] as const) {
    const { code, err } = await run("import-data.ts", ...args, "--out", "mine");
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  }
  const onFile = await run("import-data.ts", "camels", "--out", "a.csv");
  expect([onFile.code, onFile.err]).toEqual([2, expect.stringContaining("there is a file of this name")]);
  expect(existsSync(join(folder, "mine"))).toBe(false);
});
