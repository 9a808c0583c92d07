/** `--watch`: what starts a round, how many changes make one, and how it ends. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type ProjectFolder, project } from "./project.ts";

const workflow = `import { readFileSync, writeFileSync } from "node:fs";
import { path, rule, workflow, z } from "braid-engine";
import { shout } from "./shout.ts";

export default workflow({
  config: z.strictObject({ greeting: z.string().default("Hello"), names: path().default("names.txt") }),
  resolve: ({ greeting, names }) => ({ greeting, people: readFileSync(names, "utf8").trim().split("\\n") }),
  rules: ({ greeting, people }) => {
    const greet = rule({
      input: "in/{name}.txt",
      output: "out/{name}.txt",
      params: { greeting },
      code: [new URL("./shout.ts", import.meta.url)],
      run: ({ input, output, params }) =>
        writeFileSync(output, shout(params.greeting + " " + readFileSync(input, "utf8"))),
    });
    return { all: rule({ input: people.map((name) => "out/" + name + ".txt") }), greet };
  },
});
`;

const files = {
  "package.json": '{ "type": "module" }',
  "workflow.ts": workflow,
  "shout.ts": "export const shout = (text: string) => text;\n",
  "config.yml": "greeting: Hello\n",
  "names.txt": "ada\n",
  "in/ada.txt": "Ada",
  "in/alan.txt": "Alan",
};

/** Starts watching. */
function watch(place: ProjectFolder, ...args: readonly string[]) {
  const running = place.start("--watch", ...args);
  let rounds = 0;
  return {
    ...running,
    /** Resolves when one more round has ended, and the command waits for the next change. */
    async waiting(): Promise<void> {
      rounds++;
      await running.until(
        new RegExp(`(?:Watching \\d+ files? for changes\\. Press Ctrl-C to stop\\.\\n[^]*?){${rounds}}`),
      );
    },
  };
}

test("an input, the config, a file that it names, and a module of the workflow start another round", async () => {
  const place = project(files);
  const watching = watch(place);
  await watching.waiting();
  expect(place.read("out/ada.txt")).toBe("Hello Ada");
  place.write("in/ada.txt", "Ada L.");
  await watching.waiting();
  expect(place.read("out/ada.txt")).toBe("Hello Ada L.");
  place.write("config.yml", "greeting: Good day\n");
  await watching.waiting();
  expect(place.read("out/ada.txt")).toBe("Good day Ada L.");
  place.write("names.txt", "ada\nalan\n");
  await watching.waiting();
  expect(place.read("out/alan.txt")).toBe("Good day Alan");
  place.write("shout.ts", "export const shout = (text: string) => text.toUpperCase();\n");
  await watching.waiting();
  expect(place.read("out/alan.txt")).toBe("GOOD DAY ALAN");
  watching.process.kill("SIGINT");
  const { code, stdout, stderr } = await watching.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.match(/^.* changed\.$/gm)).toEqual(
    ["in/ada.txt", "config.yml", "names.txt", "shout.ts"].map((name) => `${name} has changed.`),
  );
});

test("a mistake in the workflow and a missing input are reported, and watching goes on", async () => {
  const place = project(files);
  const watching = watch(place);
  await watching.waiting();
  place.write("workflow.ts", workflow.replace("const greet =", "const greet"));
  await watching.waiting();
  expect(watching.said()).toContain("Cannot read the workflow");
  place.write("workflow.ts", workflow.replace('" "', '": "'));
  await watching.waiting();
  expect(place.read("out/ada.txt")).toBe("Hello: Ada");
  for (const path of ["out/ada.txt", "in/ada.txt"]) rmSync(join(place.folder, path));
  await watching.waiting();
  expect(watching.said()).toContain('Cannot make "in/ada.txt"');
  place.write("in/ada.txt", "Ada L.");
  await watching.waiting();
  expect(place.read("out/ada.txt")).toBe("Hello: Ada L.");
});

test("the environment of a rule starts another round when it changes", async () => {
  const place = project({
    "package.json": '{ "type": "module" }',
    "uv.lock": "one",
    "workflow.ts": `import { rule, workflow } from "braid-engine";
const one = rule({ output: "out", env: new URL("./uv.lock", import.meta.url), shell: "true" });
export default workflow({ rules: { one } });
`,
  });
  const watching = watch(place, "-n");
  await watching.waiting();
  place.write("uv.lock", "two");
  await watching.waiting();
  watching.process.kill("SIGINT");
  const { code, stderr, stdout } = await watching.ended;
  expect(code).toBe(0);
  expect(stdout + stderr).toContain("uv.lock has changed.");
});

test("many changes at once are one round; without changes there is none", async () => {
  const place = project({ ...files, "names.txt": "ada\nalan\n" });
  const watching = watch(place);
  await watching.waiting();
  for (const name of ["ada", "alan", "ada", "alan"]) {
    place.write(`in/${name}.txt`, `${name} ${performance.now()}`);
    await setTimeout(20);
  }
  await watching.waiting();
  await setTimeout(1_500);
  watching.process.kill("SIGINT");
  const { stdout } = await watching.ended;
  expect(stdout.match(/changed\.$/gm)).toHaveLength(1);
  expect(stdout).toMatch(/\n(in\/ada\.txt|in\/alan\.txt) and 1 more file have changed\.\n/);
});

test("a dry run is repeated, and nothing runs; with --json only JSON goes to standard output", async () => {
  const place = project(files);
  const watching = watch(place, "-n", "--json");
  await watching.waiting();
  place.write("names.txt", "ada\nalan\n");
  await watching.waiting();
  expect(existsSync(join(place.folder, "out"))).toBe(false);
  watching.process.kill("SIGINT");
  const { code, stdout, stderr } = await watching.ended;
  expect(code).toBe(0);
  expect(stdout).toContain("out/alan.txt");
  expect(stdout).not.toContain("Watching");
  expect(stderr).toContain("names.txt has changed.");
});

test("ends with the code of the last run, and cancels a run that SIGTERM meets", async () => {
  const failing = workflow.replace("writeFileSync(output, shout", "missing(output, shout");
  const failed = watch(project({ ...files, "workflow.ts": failing }));
  await failed.waiting();
  failed.process.kill("SIGINT");
  expect((await failed.ended).code).toBe(1);
  const endless = `import { rule, workflow } from "braid-engine";
const all = rule({ output: "out.txt", run: () => new Promise((resolve) => setTimeout(resolve, 600_000)) });
export default workflow({ rules: { all } });
`;
  const cancelled = project({ "workflow.ts": endless }).start("--watch", "--verbose");
  await cancelled.until(/Start: all/);
  cancelled.process.kill("SIGTERM");
  expect((await cancelled.ended).code).toBe(130);
});

test("options that make everything again with each change are refused, and so are other actions than a run", async () => {
  const at = project(files);
  const forced = await at.braid("--watch", "-F");
  expect(forced).toMatchObject({ code: 2, stdout: "" });
  expect(forced.stderr).toContain(
    'Cannot use "--watch": with --forceall, each change would run all forced jobs again',
  );
  expect((await at.braid("--watch", "--unlock")).stderr).toContain(
    'Cannot use "--watch": it works only with runs and dry runs',
  );
});
