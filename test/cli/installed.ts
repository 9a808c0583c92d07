/** Installs the archives of the packages without a network, and uses them as a user does. */
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect } from "vitest";
import { command, dependencyArchives, userEnvironment } from "../support/archives.ts";
import { emptyFolder, root } from "../support/command.ts";

/** Plans and runs the workflow in a folder of its own, from code. */
const check = `async function check({ workflow, main, run, dryRun, importWorkflow }) {
  const { pathToFileURL } = process.getBuiltinModule("node:url");
  const found = await importWorkflow(pathToFileURL("workflow.ts").href);
  const rules = found.rules(await found.resolve({ names: ["Ada", "Alan"] }));
  const folder = process.getBuiltinModule("node:fs").mkdtempSync("code-");
  process.chdir(folder);
  const options = { rules, settings: found.settings, folder: process.cwd() };
  const ahead = dryRun(options).jobs().map((job) => job.outputs[0]);
  const { outcome, done } = await run({ ...options, slots: 2 });
  console.log(JSON.stringify({ ahead, outcome, done, kinds: [typeof workflow, typeof main] }));
}
`;

const files: Readonly<Record<string, string>> = {
  "workflow.ts": `import { readFileSync, writeFileSync } from "node:fs";
import { expand, rule, workflow, z } from "braid-engine";

export default workflow({
  config: z.strictObject({ names: z.array(z.string()).default(["Ada", "Grace"]) }),
  rules: ({ names }) => {
    const greet = rule({
      output: "out/{name}.txt",
      run: ({ output, wildcards }) => writeFileSync(output, wildcards.name),
    });
    const all = rule({
      input: expand(greet.output, { name: names }),
      output: "out/all.txt",
      run: ({ input, output }) => writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join("")),
    });
    return { all, greet };
  },
});
`,
  "from-esm.mjs": `import { workflow } from "braid-engine";
import { main } from "braid-engine/cli";
import * as runs from "braid-engine/run";
await check({ workflow, main, ...runs });
${check}`,
  "from-cjs.cjs": `const { workflow } = require("braid-engine");
const { main } = require("braid-engine/cli");
void check({ workflow, main, ...require("braid-engine/run") });
${check}`,
};

/** What a user's tests, here with Vitest, have of the engine. */
const userTests = `import { workers } from "braid-engine/executor";
import { dryRun, openWorkflow, run } from "braid-engine/run";
import { executorChecks, memoryFiles, withStandIns } from "braid-engine/testing";
import letters from "./workflow.ts";

for (const { name, check } of executorChecks(({ url, resolved }) => async () => workers(url, resolved)))
  test(name, check);

test("the plan of the workflow, in memory", async () => {
  const files = memoryFiles();
  const { rules, settings } = await openWorkflow(letters, { config: { names: "names.txt" } });
  const options = { rules: withStandIns(rules, files), settings, files, folder: "" };
  expect(dryRun(options).counts.get("letter")).toBe(3);
  expect((await run({ ...options, slots: 1 })).outcome).toBe("done");
  expect(dryRun(options).jobs()).toEqual([]);
});

test("the workflow, in worker threads", async () => {
  const opened = await openWorkflow(new URL("./workflow.ts", import.meta.url));
  expect((await run({ ...opened, slots: 2 })).outcome).toBe("done");
});
`;

/** How each package manager takes archives instead of the packages of a registry, and how it installs offline. */
export const managers = {
  npm: {
    manifest: (overrides: object) => ({ overrides }),
    install: ["npm", "install", "--offline", "--no-audit", "--no-fund"],
  },
  pnpm: {
    manifest: () => ({}),
    install: ["npx", "-y", "pnpm@12", "install", "--offline", "--no-frozen-lockfile"],
  },
  yarn: {
    manifest: (resolutions: object) => ({ resolutions }),
    install: ["npx", "-y", "yarn@1.22.22", "install", "--offline", "--non-interactive"],
  },
} as const;

/**
 * Installs the archives with one package manager, and runs a workflow from the command line, from ESM and from CommonJS; with
 * npm, also the project of `init` and a user's own tests.
 */
export function tryInstalled(name: keyof typeof managers, archives: Readonly<Record<string, string>>): void {
  const { manifest, install } = managers[name];
  const place = emptyFolder();
  const all = Object.fromEntries(
    [...dependencyArchives("engine", join(place, "archives"))].map(([each, path]) => [each, `file:${path}`]),
  );
  const dependencies = {
    "braid-engine": `file:${archives.engine}`,
    "braid-cluster": `file:${archives.cluster}`,
  };
  const content = { private: true, type: "module", dependencies, ...manifest(all) };
  writeFileSync(join(place, "package.json"), JSON.stringify(content));
  if (name === "pnpm")
    writeFileSync(join(place, "pnpm-workspace.yaml"), `overrides: ${JSON.stringify(all)}\n`);
  const [program, ...args] = install;
  const installed = command(program, args, place);
  expect(installed.status, installed.stdout + installed.stderr).toBe(0);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  // What `npx` finds first is the Node that runs the tests.
  const env = {
    ...userEnvironment,
    PATH: `${dirname(process.execPath)}${delimiter}${userEnvironment.PATH}`,
  };
  const braid = (...args: string[]) => command(join(place, "node_modules/.bin/braid"), args, place, env);
  expect(braid("--names", "Ada", "Alan")).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(join(place, "out/all.txt"), "utf8")).toBe("AdaAlan");
  for (const script of ["from-esm.mjs", "from-cjs.cjs"]) {
    const { status, stdout, stderr } = command(process.execPath, [script], place, env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      ahead: ["out/Ada.txt", "out/Alan.txt", "out/all.txt"],
      outcome: "done",
      done: 3,
      kinds: ["function", "function"],
    });
  }
  if (name !== "npm") return;
  expect(braid("init", "letters").status).toBe(0);
  const letters = join(place, "letters");
  const own = command(process.execPath, ["--test", "--test-reporter=tap"], letters, env);
  expect(own.stdout, own.stderr).toContain("# pass 2\n");
  writeFileSync(join(letters, "user.spec.ts"), userTests);
  const vitest = join(root, "node_modules/.bin/vitest");
  // A busy machine is no failure.
  const words = ["run", "--globals", "--testTimeout", "60000", "--root", letters, "user.spec.ts"];
  const tested = command(vitest, words, letters, env);
  expect(tested.status, tested.stdout + tested.stderr).toBe(0);
}
