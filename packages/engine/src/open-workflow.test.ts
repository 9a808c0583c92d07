/** A workflow opened from code: its config is checked, and it runs as from the command line. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dryRun } from "./dry-run.ts";
import type { RunEvent } from "./events.ts";
import { expand, path, rule, workflow, z } from "./index.ts";
import { openWorkflow } from "./open-workflow.ts";
import { run } from "./run/run.ts";

const greetings = workflow({
  config: z.strictObject({
    names: z.array(z.string()).default(["Ada"]),
    greeting: z.string().default("Hello"),
    source: path().optional(),
  }),
  rules: ({ names, greeting }) => {
    const greet = rule({
      output: "out/{name}.txt",
      params: { greeting },
      run: ({ output, params, wildcards }) => writeFileSync(output, `${params.greeting} ${wildcards.name}`),
    });
    return { all: rule({ input: expand(greet.output, { name: names }) }), greet };
  },
});

const emptyFolder = () => realpathSync(mkdtempSync(join(tmpdir(), "braid-open-")));

test("values of the config come from code, over those of files", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "config.yml"), "greeting: Hi\nnames: [Alan]\nsource: data.csv\n");
  const configFiles = [join(folder, "config.yml")];
  const opened = await openWorkflow(greetings, { folder, configFiles, config: { names: ["Ada", "Grace"] } });
  expect(opened.config).toEqual({ greeting: "Hi", names: ["Ada", "Grace"], source: "data.csv" });
  expect(
    dryRun(opened)
      .jobs()
      .map(({ outputs, reason }) => [...outputs, reason].join(": ")),
  ).toContain("out/Grace.txt: missing output out/Grace.txt");
  expect(await run({ ...opened, slots: 1 })).toMatchObject({ outcome: "done", done: 3 });
  expect(readFileSync(join(folder, "out/Grace.txt"), "utf8")).toBe("Hi Grace");
});

test("a wrong value is refused as one in a file is", async () => {
  await expect(openWorkflow(greetings, { config: { nmaes: ["Ada"] } })).rejects.toThrow(
    /nmaes.*[\s\S]*names/,
  );
  await expect(openWorkflow(greetings, { config: { names: 3 } })).rejects.toThrow(/names/);
});

test("an aborted signal cancels the run: it resolves as interrupted, and a later run continues", async () => {
  const opened = await openWorkflow(greetings, {
    folder: emptyFolder(),
    config: { names: ["Ada", "Alan", "Grace"] },
  });
  const events: RunEvent[] = [];
  const aborted = AbortSignal.abort();
  const emit = (event: RunEvent) => void events.push(event);
  expect(await run({ ...opened, slots: 1, signal: aborted, emit })).toMatchObject({
    outcome: "interrupted",
    done: 0,
    left: 4,
  });
  expect(events.map(({ kind }) => kind)).toEqual(["planned", "cancelled", "ended"]);
  const cancelling = new AbortController();
  const first = (event: RunEvent) => void (event.kind === "done" && cancelling.abort());
  const { outcome, done } = await run({ ...opened, slots: 1, signal: cancelling.signal, emit: first });
  expect({ outcome, done }).toEqual({ outcome: "interrupted", done: 1 });
  expect(await run({ ...opened, slots: 1 })).toMatchObject({ outcome: "done", done: 3 });
});

test("a file that Node cannot load is refused with a hint", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "lib.ts"), "");
  writeFileSync(join(folder, "workflow.ts"), 'import "./lib.js";');
  const text = `const { openWorkflow } = await import(${JSON.stringify(new URL("./open-workflow.ts", import.meta.url).href)});
await openWorkflow(new URL("file://${folder}/workflow.ts")).catch((error) => console.log(error.message));`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", text], { encoding: "utf8" });
  expect(stdout).toBe(`Cannot read the workflow "${folder}/workflow.ts": loading it failed
  error  Cannot find module '${folder}/lib.js' imported from ${folder}/workflow.ts
  Import lib.ts, not lib.js: Node runs the TypeScript file itself.
`);
});
