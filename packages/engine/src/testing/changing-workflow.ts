/** Random workflows in memory, and what can happen to one between two runs: for tests. */
import fc from "fast-check";
import { folderOf } from "../disk/locate.ts";
import { expand } from "../patterns/expand.ts";
import { ancient, directory, protect, temp, touch as touched } from "../rules/marks.ts";
import { type AnyRule, type Files, type Rules, rule } from "../rules/rule.ts";
import type { Trigger } from "../rules/settings.ts";
import { touch } from "../touch.ts";
import { attempt } from "./prepared-data.ts";
import { type Bench, leaves } from "./run-in-memory.ts";

type Disk = Bench["disk"];

export const sources = ["s0", "s1", "s2", "d/s3"] as const;

/** In one case of `of` a number below `end`, else null. */
export const seldom = (of: number, end: number): fc.Arbitrary<number | null> =>
  fc.oneof({ weight: of - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(end - 1) });

/** A rule of a random workflow, which may need the sources and the outputs of rules before it. */
export const ruleShapes = fc.record({
  inputs: fc.array(fc.nat(1_000), { maxLength: 3 }),
  outputs: fc.integer({ min: 1, max: 2 }),
  /** `no body`: only names its inputs; `no output`: has a body all the same. */
  kind: fc.constantFrom("plain", "plain", "folder", "wildcard", "wildcard", "no body", "no output"),
  /** Takes all files of a rule with a wildcard, although it has one itself. */
  gather: fc.boolean(),
  /** Its first input. */
  ancient: fc.boolean(),
  /** Writes the same for most changes of its inputs. */
  blunt: fc.boolean(),
  /** Of its outputs, where they are files. */
  mark: fc.constantFrom("none", "none", "protect", "temp", "temp", "touch"),
  /** A function gives its params, and may read its first input for that. */
  asks: fc.constantFrom(false, false, "nothing", "input"),
  /** It names a log, which other rules may read. */
  log: fc.constantFrom(false, false, false, true),
  /** A second rule makes the same files, from this source. */
  rival: seldom(4, 4),
  triggers: fc.constantFrom<readonly Trigger[] | undefined>(
    undefined,
    undefined,
    ["mtime"],
    ["code", "params"],
    ["input"],
  ),
});
export type RuleShape = typeof ruleShapes extends fc.Arbitrary<infer T> ? T : never;

export const edits = fc.record({
  kind: fc.constantFrom(
    "write",
    "write",
    "same text",
    "touch",
    "remove",
    "remove",
    "write into folder",
    "remove from folder",
    "old time",
    "other text, same time",
    "create",
    "make a folder of it",
    "param",
    "gathered values",
    "lose the journal",
    "--touch",
  ),
  which: fc.nat(1_000),
  variant: fc.nat(2),
});
type Edit = typeof edits extends fc.Arbitrary<infer T> ? T : never;

/** What edits change of a workflow. */
export interface Variant {
  readonly params: number[];
  readonly gathered: (readonly string[])[];
}

export interface Made {
  readonly rules: Rules;
  /** Every path that may stand. */
  readonly paths: readonly string[];
}

const both = ["a", "b"];

const marks = {
  none: (path: string) => path,
  protect: (path: string) => protect(path),
  temp: (path: string) => temp(path),
  touch: (path: string) => touched(path),
};

/** The rules r0, r1 ... of the shapes; `all` wants what the last ones make. */
export function workflow(
  disk: Disk,
  shapes: readonly RuleShape[],
  variant: Variant,
  failing: number | null,
): Made {
  const files = sources.map((path) => ({ path: path as string, wildcard: false }));
  const rules: Record<string, AnyRule> = {};
  const ends: Files[] = [];
  shapes.forEach((shape, number) => {
    const { kind } = shape;
    const wildcard = kind === "wildcard";
    const picked = [...new Set(shape.inputs.map((which) => files[which % files.length]!))];
    const inputs = picked.map(({ path, wildcard: ofMany }, i) => {
      const isAncient = shape.ancient && i === 0;
      if (!ofMany) return isAncient ? ancient(path) : path;
      if (wildcard && !shape.gather) return `${path}_{x}`;
      return expand(`${path}_{x}`, { x: isAncient ? both : (variant.gathered[number] ?? both) });
    });
    const outputs = Array.from({ length: shape.outputs }, (_, i) => `o/${number}/${i}`);
    const output = outputs.map((path) => {
      const pattern = wildcard ? `${path}_{x}` : path;
      return kind === "folder" ? directory(pattern) : marks[shape.mark](pattern);
    });
    const log = `o/${number}/log`;
    const logs = shape.log && kind !== "no body" && kind !== "no output";
    const param = variant.params[number] ?? 0;

    function body(job: { input: unknown; output: unknown; wildcards: { x?: string } }, by: string): void {
      if (failing === number && (job.wildcards.x ?? "b") === "b") throw new Error("no");
      const read = leaves(job.input)
        .map((path) => textOf(disk, path))
        .join("|");
      const text = shape.blunt ? String(read.length) : read.slice(0, 200);
      for (const [i, path] of leaves(job.output).entries()) {
        if (kind === "folder") {
          disk.makeFolder(path);
          disk.write(`${path}/one`, `${i}${text}${param}`);
          if (text.length % 2 === 1) disk.write(`${path}/two`, "2");
        } else disk.write(path, `${i}${param}${by}${text}`);
      }
    }
    const paramsOf = (by: string) => {
      if (!shape.asks) return { param, by };
      return (asked: { input: unknown }) => {
        const [first] = shape.asks === "input" ? leaves(asked.input) : [];
        return { param, by, read: first === undefined ? "" : textOf(disk, first) };
      };
    };
    const make = (by: string, input: Files): AnyRule =>
      rule({
        input: input as "x",
        params: paramsOf(by),
        ...(kind === "no body" || kind === "no output" ? {} : { output: output as Files as "x" }),
        ...(logs && by === "" ? { log: (wildcard ? `${log}_{x}` : log) as "x" } : {}),
        ...(shape.triggers === undefined ? {} : { triggers: shape.triggers }),
        ...(kind === "no body" ? {} : { run: (job: Parameters<typeof body>[0]) => body(job, by) }),
      } as Parameters<typeof rule>[0]) as AnyRule;

    rules[`r${number}`] = make("", inputs);
    if (shape.rival !== null && kind === "plain")
      rules[`rival${number}`] = make("rival", [sources[shape.rival]!]);
    if (kind === "no body" || kind === "no output") return;
    if (logs) files.push({ path: log, wildcard });
    for (const path of outputs) {
      files.push({ path, wildcard });
      ends.push(wildcard ? expand(`${path}_{x}`, { x: both }) : path);
    }
  });
  return {
    rules: { all: rule({ input: ends.slice(-2) as Files as "x" }) as AnyRule, ...rules },
    paths: files.flatMap(({ path, wildcard }) => (wildcard ? both.map((x) => `${path}_${x}`) : [path])),
  };
}

function textOf(disk: Disk, path: string): string {
  const state = disk.stat(path);
  if (state === null) return "none";
  if (!state.directory) return disk.text(path);
  return disk
    .list(path)!
    .map((name) => textOf(disk, `${path}/${name}`))
    .join("+");
}

/** What the clock shows while `step` is done. */
function at(disk: Disk, time: number, step: () => void): void {
  const { now } = disk;
  disk.now = time;
  try {
    step();
  } finally {
    disk.now = now;
  }
}

/** Does an edit where it can be done. */
export function edit(
  disk: Disk,
  { kind, which, variant }: Edit,
  made: Made,
  current: Variant,
  rules: number,
): void {
  const path = made.paths[which % made.paths.length]!;
  const state = disk.stat(path);
  const isFile = state !== null && !state.directory;
  const inside = `${path}/${["one", "two", "new"][variant]}`;
  switch (kind) {
    case "write":
      if (isFile) disk.write(path, ["x", "yy", "0"][variant]!);
      return;
    case "same text":
      if (isFile) disk.write(path, disk.text(path));
      return;
    case "other text, same time":
      if (isFile) at(disk, state.mtime, () => disk.write(path, `${disk.text(path)}1`));
      return;
    case "touch":
      if (state !== null) disk.touch(path);
      return;
    case "old time":
      if (state !== null) at(disk, 500 + variant, () => disk.touch(path));
      return;
    case "remove":
      disk.remove(path);
      return;
    case "write into folder":
      if (state?.directory) disk.write(inside, "n");
      return;
    case "remove from folder":
      if (state?.directory) disk.remove(inside);
      return;
    case "create":
      if (state === null) place(disk, path, "new");
      return;
    case "make a folder of it":
      if (variant > 0) return;
      disk.remove(path);
      disk.makeFolder(path);
      disk.write(`${path}/one`, "1");
      return;
    case "param":
      current.params[which % rules] = variant;
      return;
    case "gathered values":
      current.gathered[which % rules] = variant === 0 ? ["a"] : both;
      return;
    case "lose the journal":
      if (variant > 0) return;
      disk.remove(".braid/journal");
      disk.remove(".braid/journal.index");
      return;
    case "--touch":
      // Refused where the plan is impossible.
      attempt(() => touch({ rules: made.rules, files: disk, folder: "", command: "" }));
  }
}

export function place(disk: Disk, path: string, text: string): void {
  disk.makeFolder(folderOf(path));
  disk.write(path, text);
}
