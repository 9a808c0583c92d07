import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { probeTool } from "./tool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-tool-"));
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

// No machine has one of this name.
const name = "braid-tool";

function tool(text: string, mode = 0o755): void {
  writeFileSync(join(folder, name), text);
  chmodSync(join(folder, name), mode);
}

const look = (seconds?: number) => probeTool(name, ["--version"], seconds);

test("a tool that is not there is not found", () => {
  expect(probeTool("no-such-tool", [])).toEqual({ works: false, text: "no-such-tool not found" });
});

test("a tool that works says its first line", () => {
  tool("#!/bin/sh\necho slurm 23.11.4; echo more");
  expect(look()).toEqual({ works: true, text: "slurm 23.11.4" });
});

test.each([
  [
    "without a configuration",
    "#!/bin/sh\necho 'sbatch: error: resolve_ctls_from_dns_srv' >&2; echo 'sbatch: fatal: Could not establish a configuration source' >&2; exit 1",
    "found, but it fails (it ended with exit code 1): sbatch: fatal: Could not establish a configuration source",
  ],
  ["that says why on its standard output", "#!/bin/sh\necho no driver; exit 9", "exit code 9): no driver"],
  ["that crashes", "#!/bin/sh\nkill -11 $$", "found, but it fails (it was ended by SIGSEGV: a crash"],
  [
    "whose interpreter is gone",
    "#!/no/such/program\n",
    "the program that its first line names does not exist",
  ],
])("a tool %s is found, but fails", (_, text, said) => {
  tool(text);
  expect(look().works).toBe(false);
  expect(look().text).toContain(`${folder}/${name} found, but `);
  expect(look().text).toContain(said);
});

test("a tool that does not answer is found, and so is one that may not be run", () => {
  tool("#!/bin/sh\nexec sleep 20");
  expect(look(0.2).text).toBe(`${folder}/${name} found, but it does not answer within 0.2 s`);
  tool("#!/bin/sh\n", 0o644);
  expect(look().text).toBe(`${folder}/${name} found, but it cannot be run (EACCES)`);
});
