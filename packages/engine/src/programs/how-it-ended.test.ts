import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { describeExit, describeProcessError } from "./how-it-ended.ts";

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
      "The command ended with exit code 143 (SIGTERM): asked from outside to end, by a person or a time limit.",
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
