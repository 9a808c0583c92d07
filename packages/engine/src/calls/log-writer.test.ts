import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { logWriter } from "./bodies.ts";

function inFolder() {
  const folder = mkdtempSync(join(tmpdir(), "braid-log-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = (name: string) => join(folder, name);
  return { folder, path, text: (name: string) => readFileSync(path(name), "utf8") };
}

test("lines follow each other in each file, also after others and after the end", () => {
  const { folder, path, text } = inFolder();
  const log = logWriter();
  log.write(path("a"), "one\n");
  log.write(path("b"), "other\n");
  log.write(path("a"), Buffer.from("two ä\n"));
  log.close();
  log.write(path("a"), "late\n");
  log.write(path("c"), "late too\n");
  log.close();
  expect(text("a")).toBe("one\ntwo ä\nlate\n");
  expect(text("b")).toBe("other\n");
  expect(readdirSync(folder)).toEqual(["a", "b", "c"]);
});

test("a log that nothing is written to is not made", () => {
  const { folder } = inFolder();
  logWriter().close();
  expect(readdirSync(folder)).toEqual([]);
});

/** Where an open file lies; "" if it is closed by now. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

test.runIf(existsSync("/proc/self/fd"))("one file stays open, and none after the end", () => {
  const { folder, path } = inFolder();
  const log = logWriter();
  const open = () =>
    readdirSync("/proc/self/fd").filter((fd) => targetOf(`/proc/self/fd/${fd}`).startsWith(folder)).length;
  for (let i = 0; i < 20; i++) log.write(path(`${i}`), "line\n");
  expect(open()).toBe(1);
  log.close();
  expect(open()).toBe(0);
});

test("a process that is killed while it works loses no line", () => {
  const { path, text } = inFolder();
  const program = `
    import { logWriter } from ${JSON.stringify(new URL("bodies.ts", import.meta.url).href)};
    const log = logWriter();
    for (let i = 0; i < 1000; i++) log.write(${JSON.stringify(path("log"))}, i + "\\n");
    process.kill(process.pid, "SIGKILL");`;
  expect(() => execFileSync(process.execPath, ["--input-type=module", "-e", program])).toThrow();
  expect(text("log").split("\n")).toHaveLength(1_001);
});
