/** What gpu-check.ts says where it has no GPU, or one that fails: it meets real ones seldom, and once. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "braid-gpu-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const mock = spawnSync("cc", [
  ...["-shared", "-fPIC", "-o", join(folder, "libcuda.so.1")],
  here("mock-cuda.c"),
]);

/** On a machine whose OpenCL has no driver. */
function check(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, OCL_ICD_VENDORS: folder, ...environment };
  return spawnSync(process.execPath, [here("gpu-check.ts"), ...words], { encoding: "utf8", env });
}

test.skipIf(mock.status !== 0)("a machine without a GPU is neither right nor wrong", () => {
  const { status, stdout } = check([], { LD_LIBRARY_PATH: folder, MOCK_CUDA_DEVICES: "0" });
  expect(stdout).toMatch(/\nCUDA\n {2}Cannot open a GPU: .*\n.*\n\nOpenCL\n {2}Cannot open a GPU: /);
  expect(stdout).toMatch(/\nNo GPU answered.\n$/);
  expect(status).toBe(3);
});

test.skipIf(mock.status !== 0)(
  "a driver that fails is wrong, and the other one is tried all the same",
  () => {
    const { status, stdout } = check([], {
      LD_LIBRARY_PATH: folder,
      MOCK_CUDA_FAIL: "cuLaunchKernel=719@3",
    });
    expect(stdout).toMatch(/ WRONG {2}Cannot use the GPU: the driver answers CUDA_ERROR_LAUNCH_FAILED/);
    expect(stdout).toMatch(/\nOpenCL\n {2}Cannot open a GPU: /);
    expect(stdout).toMatch(/\n1 check is WRONG.\n$/);
    expect(status).toBe(1);
  },
);

test("an option that it does not have is an error", () => {
  const { status, stderr } = check(["--nonsense"]);
  expect(stderr).toMatch(/^Cannot check the GPU: Unknown option '--nonsense'/);
  expect(status).toBe(2);
});
