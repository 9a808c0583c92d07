import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeExit, describeProcessError, logTail } from "./exit-status.ts";

describe("how a process ended", () => {
  test.each([
    [
      137,
      null,
      "The command ended with exit code 137 (SIGKILL): killed from outside; perhaps out of memory.",
    ],
    [null, "SIGKILL", "The command was ended by SIGKILL: killed from outside; perhaps out of memory."],
    [
      143,
      null,
      "The command ended with exit code 143 (SIGTERM): terminated from outside, by a person or a time limit.",
    ],
    [3, null, "The command ended with exit code 3."],
    [127, null, "The command ended with exit code 127."],
    // ssh: no signal has the number 127.
    [255, null, "The command ended with exit code 255."],
  ])("code %j, signal %j", (code, signal, text) => {
    expect(describeExit("The command", code, signal)).toBe(text);
  });

  test.each([
    [134, /SIGABRT.*internal error/],
    [135, /SIGBUS.*\/dev\/shm/],
    [139, /SIGSEGV.*crash/],
    [141, /SIGPIPE.*`head`.*pipefail/],
    [126, /cannot be run/],
  ])("exit code %i is explained", (code, text) => {
    if (process.platform === "linux") expect(describeExit("It", code)).toMatch(text);
  });

  test.each([
    ["kill -9 $$", /^The process was ended by SIGKILL: .*out of memory/],
    ["exit 137", /^The process ended with exit code 137 \(SIGKILL\)/],
    ["exit 3", null],
    ["exit 255", null],
  ])("a body's own process: %s", (command, text) => {
    let thrown: unknown;
    try {
      execFileSync("bash", ["-c", command], { stdio: "ignore" });
    } catch (error) {
      thrown = error;
    }
    if (text === null) expect(describeProcessError(thrown)).toBeNull();
    else expect(describeProcessError(thrown)).toMatch(text);
  });
});

const folder = mkdtempSync(join(tmpdir(), "braid-tail-"));
const log = join(folder, "log");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (count: number) => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join("");

test("the last five lines are quoted, of those since then alone", () => {
  writeFileSync(log, lines(9));
  expect(logTail(log, 0)).toBe("line 5\nline 6\nline 7\nline 8\nline 9");
  expect(logTail(log, 49)).toBe("line 8\nline 9");
  expect(logTail(log, 1_000)).toBe("");
});

test("a log of many gigabytes is quoted as any other", () => {
  writeFileSync(log, "");
  truncateSync(log, 5 * 2 ** 30);
  appendFileSync(log, `\n${lines(9)}`);
  expect(logTail(log, 0)).toBe("line 5\nline 6\nline 7\nline 8\nline 9");
  rmSync(log);
});

test("that no space was left is found further up, among thousands of lines after it", () => {
  writeFileSync(log, `${lines(9)}x.bin: No space left on device\n${lines(5_000)}`);
  expect(logTail(log, 0)).toBe(
    "x.bin: No space left on device\nline 4996\nline 4997\nline 4998\nline 4999\nline 5000",
  );
});

test("of lines without an end only the end is quoted", () => {
  writeFileSync(log, `${"x".repeat(50_000)}!`);
  expect(logTail(log, 0)).toBe(`${"x".repeat(1_999)}!`);
});

test("a log that is gone or is none is quoted as empty", () => {
  expect(logTail(join(folder, "none"), 0)).toBe("");
  expect(logTail(folder, 0)).toBe("");
});
