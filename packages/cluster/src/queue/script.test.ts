import { spawnSync } from "node:child_process";
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { taskScript } from "./script.ts";

const options = { folder: "/shared/work", cpus: 2, task: "r1/0-0" };
afterEach(() => {
  delete process.env.BRAID_NODE;
});

test("the script becomes the runner, by the Node that runs this", () => {
  expect(taskScript(options).trimEnd().split("\n").at(-1)).toMatch(
    new RegExp(`^exec ${process.execPath} /\\S+/runner-main\\.ts /shared/work r1/0-0$`),
  );
});

test("where Node needs a starter, the runner is started by it too", () => {
  process.env.BRAID_NODE = "/shared/braid/offline/node";
  expect(taskScript(options)).toContain("\nexec /shared/braid/offline/node /");
});

test("what this process has compiled is used by the runner", () => {
  const folder = join(tmpdir(), "braid-compiled");
  expect(taskScript(options)).not.toContain("NODE_COMPILE_CACHE");
  enableCompileCache(folder);
  expect(taskScript(options)).toContain(`\nexport NODE_COMPILE_CACHE=${folder}\n`);
});

test("a line of setup that fails ends the task with its reason; one that may fail says so", () => {
  const said = (...setup: string[]) => {
    const script = taskScript({ ...options, node: "echo", setup });
    const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    return { status, runs: stdout.includes("runner-main"), stderr: stderr.trim() };
  };
  expect(said("export GREETING='hello'", "false || true", "if false; then", "  exit 9", "fi")).toEqual({
    status: 0,
    runs: true,
    stderr: "",
  });
  expect(said("module() { return 3; }", "module load nosuch", "true")).toEqual({
    status: 3,
    runs: false,
    stderr: "The task's setup failed (exit code 3): module load nosuch",
  });
  expect(said("test -d /no/such/folder").stderr).toBe(
    "The task's setup failed (exit code 1): test -d /no/such/folder",
  );
});
