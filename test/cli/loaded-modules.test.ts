/**
 * How many modules of the engine a small workflow loads: what a reader has to know about, and what each start and each
 * worker thread pays for.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/command.ts";
import { braidCommand, project } from "./project.ts";

const workflow = `
import { readFileSync, writeFileSync } from "node:fs";
import { expand, rule, workflow } from "braid-engine";

const greet = rule({
  output: "out/{name}.txt",
  run: ({ output, wildcards }) => writeFileSync(output, wildcards.name),
});
const all = rule({
  input: expand(greet.output, { name: ["Ada", "Grace", "Alan"] }),
  output: "out/all.txt",
  run: ({ input, output }) => writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join("")),
});
export default workflow({ rules: { all, greet } });
`;

/** Preloaded with --import: writes the sources that were loaded to the file that LOADED_MODULES names. */
const recorder = `
import { registerHooks } from "node:module";
import { writeFileSync } from "node:fs";
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
process.on("exit", () => writeFileSync(process.env.LOADED_MODULES, loaded.join("\\n")));
`;

/** The modules of the engine that Node loads for a command, by their paths in packages/engine/src. */
function loadedBy(folder: string, ...args: readonly string[]): string[] {
  const record = join(folder, "loaded.txt");
  const hook = `data:text/javascript,${encodeURIComponent(recorder)}`;
  const { status, stderr } = spawnSync(process.execPath, ["--import", hook, ...args], {
    cwd: folder,
    env: { ...process.env, LOADED_MODULES: record },
    encoding: "utf8",
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  const urls = readFileSync(record, "utf8").split("\n");
  return urls.flatMap((url) => /packages\/engine\/src\/(.+)$/.exec(url)?.[1] ?? []);
}

/** Only some workflows need these. */
const optional =
  /^programs\/(environment|notebook|r|script|server|shell)|^cli\/help|^calls\/run-program|^report\/(graph|inspect|why|summary)/;

test("a run of four jobs loads few modules of the engine, a dry run and a run with nothing to do fewer", () => {
  const { folder } = project({ "workflow.ts": workflow });
  const [dry, run, idle] = [["-n"], ["-j", "2"], []].map((args) => loadedBy(folder, braidCommand, ...args));
  expect(readFileSync(join(folder, "out/all.txt"), "utf8")).toBe("AdaGraceAlan");
  // Raise a number only for what every run needs; what only some need is imported when they ask for it.
  expect(run!.length).toBeLessThanOrEqual(126);
  expect(dry!.length).toBeLessThanOrEqual(94);
  expect(idle!.length).toBeLessThanOrEqual(96);
  expect(run!.filter((path) => optional.test(path))).toEqual([]);
  expect(idle!.filter((path) => /^(executors|run\/scheduler)/.test(path))).toEqual([]);
});

test("importing the public names, as every worker thread does, loads few modules", () => {
  const entry = join(root, "packages/engine/src/index.ts");
  const loaded = loadedBy(project({}).folder, entry);
  expect(loaded).toContain("rules/rule.ts");
  expect(loaded.length).toBeLessThanOrEqual(32);
  expect(loaded.filter((path) => /^(cli|config\/yaml|run|staleness)/.test(path))).toEqual([]);
});
