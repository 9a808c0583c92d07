import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const entry = fileURLToPath(new URL("./error-rates.ts", import.meta.url));

function rates(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("error rates are a line per test and a column per gain", () => {
  const { status, stdout } = rates(
    "--sites",
    "5",
    "--seeds",
    "12",
    "--permutations",
    "199",
    "--gains",
    "0,3",
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/^5 sites, 8 factors beside 0, 12 seeds/);
  expect(stdout).toMatch(/^any_better +[\d.]+ \/ 0\.0 +100\.0 \/ 0\.0$/m);
});

test.each([
  [["--sites", "few"], 'Cannot read option "--sites": its value is "few"'],
  [["--gains", "0,,1"], 'Cannot read option "--gains": its value is "0,,1"'],
  [["--level", "5"], 'Cannot read option "--level": its value is "5"'],
  [["--site", "5"], "Unknown option '--site'"],
])("%j is refused", (args, message) => {
  const { status, stderr } = rates(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
});
