import { expect, test } from "vitest";
import * as z from "zod";
import { configLeaves } from "../config/leaves.ts";
import { type Command, commands } from "../rules/settings.ts";
import { helpText } from "./help.ts";
import { engineOptions, optionsOf } from "./option-table.ts";

const leaves = configLeaves(
  z.strictObject({
    data: z.string().default("data").describe("The folder with the observations"),
    sites: z.array(z.string()).default(["01022500", "01435000"]).describe("Which sites"),
    mask: z.boolean().default(false),
  }),
  {},
);

test("every option of run is in its help, and no line is wider than the screen", () => {
  const text = helpText("braid", "run", leaves, {}, 80);
  const ofRun = new Set(optionsOf("run").map(({ flag }) => flag));
  for (const { flag } of engineOptions) expect(text.includes(`--${flag}`), flag).toBe(ofRun.has(flag));
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  for (const command of commands) expect(text).toMatch(new RegExp(`^ {2}${command} `, "m"));
});

test("the options of the config are shown with what they say now", () => {
  const text = helpText("braid", "run", leaves, {}, 80);
  expect(text).toContain(`The workflow's config (now: its value without the option):
      --data VALUE       The folder with the observations [now: data]
      --sites VALUE ...  Which sites [now: ["01022500","01435000"]]
      --mask             [now: false]`);
});

test("options that other entries share with the scope have one row", () => {
  const entry = z.strictObject({ epochs: z.number().describe("Passes"), extra: z.number().optional() });
  const schema = z.strictObject({ runs: z.record(z.string(), entry.loose()) });
  const value = { runs: { a: { epochs: 1 }, b: { epochs: 2 }, c: { epochs: 3 } } };
  const text = helpText("braid", "run", configLeaves(schema, value, "runs.a"), {}, 80);
  expect(text.slice(text.indexOf("The workflow's config"))).toContain(
    [
      "      --epochs VALUE         Passes [now: 1]",
      "      --extra VALUE",
      "      --runs.NAME.KEY VALUE  The same options of another entry: b, c\n\n",
    ].join("\n"),
  );
});

test("an option that only another entry has keeps its row", () => {
  const schema = z.strictObject({
    runs: z.strictObject({ a: z.strictObject({ x: z.number() }), b: z.strictObject({ y: z.number() }) }),
  });
  const text = helpText("braid", "run", configLeaves(schema, {}, "runs.a"), {}, 80);
  expect(text).toContain("      --x VALUE\n      --runs.b.y VALUE\n\n");
});

test.each(commands)("%s has a usage, a text and an example", (command) => {
  const text = helpText("braid", command, []);
  expect(text).toMatch(/^Usage: braid \S/);
  expect(text).toContain("\n\nExamples:\n  braid ");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(108);
});

test("other commands point to the options of the config", () => {
  const text = helpText("braid", "why", leaves);
  expect(text).not.toContain("--sites");
  expect(text).toContain("Options of the workflow's config are the same as those of run: braid --help");
});

test("the option of another command is not shown", () => {
  expect(helpText("braid", "status", [])).not.toContain("--keep-going");
  expect(helpText("braid", "status", [])).toContain("--directory");
});

test("what --verbose shows is said for the command that is asked about", () => {
  const verbose = (command: Command) => helpText("braid", command, []).match(/--verbose +(.*)/)?.[1];
  expect(verbose("run")).toMatch(/^Print a line when each job starts/);
  expect(verbose("status")).toBe("List all failures. Show stacks of errors");
  for (const command of ["why", "init", "doctor"] as const)
    expect(verbose(command)).toBe("Show stacks of errors");
});

test("a note stands in the help of run alone", () => {
  expect(helpText("braid", "run", [], { note: "A note." })).toContain("A note.");
  expect(helpText("braid", "why", [], { note: "A note." })).not.toContain("A note.");
});

test("targets come first, then commands, then options", () => {
  const targets = { report: "Write a page", statistics: "Test the differences" };
  const text = helpText("braid", "run", leaves, { targets }, 80);
  expect(text).toContain(
    "\n\nTargets:\n  report      Write a page\n  statistics  Test the differences\n\nCommands:\n",
  );
  const headings = [...text.matchAll(/^(\w[^\n]*):$/gm)].map(([, heading]) => heading);
  expect(headings.slice(0, 3)).toEqual(["Targets", "Commands", "What to make"]);
  expect(helpText("braid", "why", leaves, { targets })).not.toContain("Targets:");
  expect(helpText("braid", "run", leaves)).not.toContain("Targets:");
});

test.each(commands)("the help of %s fits 80 columns", (command) => {
  const targets = {
    report: "A sentence that is so long that it has to be broken into two lines of this width",
  };
  const note =
    "A note that is much longer than eighty characters, and that also has a\nline break of its own in it.";
  const text = helpText("pnpm exp:a", command, leaves, { note, targets }, 80);
  for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
});
