/** What planning says when it fails: which file, who wants it, what was probably meant. */
import { closest, editDistance } from "../closest.ts";
import { shortPath } from "../disk/file-errors.ts";
import type { Inventory } from "../disk/inventory.ts";
import { cannot, type Fact } from "../errors.ts";
import type { NamedRule } from "../rules/ruleset.ts";

/** A rule with the values of its wildcards. */
export interface JobLike {
  readonly rule: NamedRule;
  readonly values: readonly string[];
}

/** `train_model (site_id=01022500, factor=10, seed=4)`. */
export function describeJob(rule: NamedRule, values: readonly string[]): string {
  if (rule.wildcards.length === 0) return rule.name;
  return `${rule.name} (${rule.wildcards.map((name, i) => `${name}=${values[i]}`).join(", ")})`;
}

/** A job and the sources that it lacks. */
interface JobWithMissing extends JobLike {
  readonly lacks: readonly string[];
}

/** At most this many missing sources are named per rule. */
const mostMissing = 5;

/**
 * No rule makes `path`, and it does not exist. `users` are the jobs that lack a source, including `wantedBy`, the first
 * user of `path`.
 */
export function noRuleError(
  rules: readonly NamedRule[],
  path: string,
  wantedBy: JobWithMissing | undefined,
  users: readonly JobWithMissing[],
  disk: Inventory,
): Error {
  const facts: Fact[] = [];
  if (wantedBy !== undefined) facts.push(["wanted by", describeJob(wantedBy.rule, wantedBy.values)]);
  facts.push(...otherMissing(path, wantedBy, users));
  const near = closestOutput(rules, path);
  if (near !== undefined) facts.push(["closest", `${near.rule.name} makes "${near.pattern}"`]);
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (folder !== "" && disk.stat(folder) === null)
    facts.push(["note", `the folder "${folder}" does not exist`]);
  const rule = closest(
    path,
    rules.map((r) => r.name),
  );
  if (rule !== undefined) facts.push(["closest", `the rule ${rule}`]);
  return cannot("make", path, "no rule makes it and the file does not exist", { facts });
}

/** Only one of an output folder and an output in it is temporary. */
export function halfTemporaryError(path: string, folder: string, { rule, values }: JobLike): Error {
  return cannot("plan", path, `either it or its folder "${folder}" is temporary, but not both`, {
    facts: [["job", describeJob(rule, values)]],
    hint: "Mark both as temp(), or neither.",
  });
}

/** A job would replace the workflow file, or a folder that it lies in. */
export function ownFileError(path: string, isFile: boolean, { rule, values }: JobLike): Error {
  return cannot("plan", path, isFile ? "it is the workflow file" : "the workflow file is in it", {
    facts: [["made by", describeJob(rule, values)]],
    hint: "Give the output another path.",
  });
}

/** A job would replace the folder that one of its inputs lies in. */
export function ownInputError(path: string, folder: string, { rule, values }: JobLike): Error {
  return cannot("plan", path, `the job that reads it also makes its folder "${folder}"`, {
    facts: [["job", describeJob(rule, values)]],
    hint: "Read it from another folder, or make another folder.",
  });
}

/** `path` is used as a source, but under the spelling `output` a job makes the same file. */
export function sameFileError(path: string, output: string, { rule, values }: JobLike): Error {
  return cannot(
    "plan",
    path,
    `it is the same file as "${output}", which ${describeJob(rule, values)} makes`,
    {
      hint: `Use the path "${output}" instead, so that its job runs first.`,
    },
  );
}

/** A job lacks sources. */
export function missingError(rules: readonly NamedRule[], job: JobWithMissing, disk: Inventory): Error {
  return noRuleError(rules, job.lacks[0]!, job, [job], disk);
}

/** The other sources that are missing, by the rules that need them. */
function otherMissing(
  path: string,
  wantedBy: JobWithMissing | undefined,
  users: readonly JobWithMissing[],
): Fact[] {
  const listed = new Set([path]);
  const byRule = new Map<string, string[]>();
  for (const { rule, lacks } of [...(wantedBy === undefined ? [] : [wantedBy]), ...users])
    for (const lack of lacks) {
      if (listed.has(lack)) continue;
      listed.add(lack);
      byRule.set(rule.name, [...(byRule.get(rule.name) ?? []), lack]);
    }
  return [...byRule].flatMap(([rule, lacks]) => {
    const by = rule === wantedBy?.rule.name ? "" : ` (wanted by ${rule})`;
    const facts = lacks.slice(0, mostMissing).map((lack): Fact => ["missing too", `${lack}${by}`]);
    if (lacks.length > mostMissing)
      facts.push(["missing too", `... and ${lacks.length - mostMissing} more${by}`]);
    return facts;
  });
}

/** A job that needs itself, by way of the jobs after it in the list. */
export function cycleError(cycle: readonly JobLike[]): Error {
  const [first] = cycle;
  const shown = cycle.length > 8 ? [...cycle.slice(0, 7), cycle.at(-1)!] : cycle;
  const output = first!.rule.outputs[0]?.fill(first!.values) ?? first!.rule.name;
  return cannot("order the jobs", output, "it needs itself", {
    facts: shown.map((job, i) => [i === 0 ? "job" : "needs", describeJob(job.rule, job.values)] as const),
  });
}

/** Two jobs would write the same file. */
export function sharedOutputError(path: string, one: JobLike, other: JobLike): Error {
  return cannot("plan", path, "two jobs would write it", {
    facts: [
      ["job", describeJob(one.rule, one.values)],
      ["job", describeJob(other.rule, other.values)],
    ],
    hint: "Give each rule's outputs paths that no other rule's match.",
  });
}

/** An output that no disk takes. */
export function tooLongPathError(path: string, { rule, values }: JobLike): Error {
  const longest = Math.max(...path.split("/").map((name) => Buffer.byteLength(name)));
  const wildcards = rule.wildcards.map((name, i) => `${name}=${shortened(values[i]!)}`).join(", ");
  return cannot("plan", shortPath(path), "the path is too long for any disk", {
    facts: [
      ["rule", rule.name],
      ...(wildcards === "" ? [] : [["wildcards", wildcards] as const]),
      ["bytes", `${Buffer.byteLength(path)}, at most 4095; the longest name in it ${longest}, at most 255`],
    ],
  });
}

/** A rule whose outputs have wildcards was asked for by its name. */
export function wildcardTargetError(rule: NamedRule): Error {
  return cannot(
    "make the target",
    rule.name,
    `its outputs have the wildcards {${rule.wildcards.join("} {")}}`,
    {
      hint: `Ask for a path instead, as in "${rule.outputs[0]!.pattern.source}" with values for them.`,
    },
  );
}

/** A rule makes what it needs from ever longer paths. */
export function endlessError({ rule, values }: JobLike, path: string, wanted: readonly JobLike[]): Error {
  const cycle = ruleCycle(rule, wanted);
  const who =
    cycle.length === 1
      ? `the rule ${rule.name} needs its own output`
      : `the rules ${cycle.join(", ")} need each other's outputs`;
  return cannot("plan", shortPath(path), `${who}, without end`, {
    facts: [
      ["output", rule.outputs[0]!.pattern.source],
      ["wildcards", rule.wildcards.map((name, i) => `${name}=${shortened(values[i]!)}`).join(", ")],
    ],
    hint: "Constrain the wildcard so that the rule does not match its own inputs.",
  });
}

/** The rules between two jobs of one rule, one of which needs the other: the rules that feed each other. */
function ruleCycle(rule: NamedRule, wanted: readonly JobLike[]): string[] {
  const names = wanted.map((job) => job.rule.name);
  const last = names.lastIndexOf(rule.name);
  return last < 0 ? [rule.name] : [...new Set(names.slice(last))];
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A job would write below what another job puts in place whole, or below its own file. */
export function nestedOutputError(
  path: string,
  job: JobLike,
  above: string,
  maker: JobLike,
  folder: boolean,
): Error {
  const what = folder ? "folder" : "file";
  const whose = maker === job ? "the same job" : "another job";
  return cannot("plan", path, `it lies in a ${what} that ${whose} makes`, {
    facts: [
      ["job", describeJob(job.rule, job.values)],
      [what, above],
      ["made by", describeJob(maker.rule, maker.values)],
    ],
    hint: folder
      ? "One job makes the whole folder: put other files beside it."
      : "A path is a file or a folder: give one of the two outputs another path.",
  });
}

/** Nothing runs, nothing is ready, and jobs are left: only what after() gave can bring this about. */
export function stuckError(waiting: readonly JobLike[]): Error {
  return cannot("go on", "", "jobs wait for each other", {
    facts: waiting.slice(0, 8).map((job) => ["waits", describeJob(job.rule, job.values)] as const),
    hint: "The files that after() returns must not depend on the job that asks for them.",
  });
}

/** The output pattern most like a path: equal number of folders, fewest different characters. */
function closestOutput(
  rules: readonly NamedRule[],
  path: string,
): { rule: NamedRule; pattern: string } | undefined {
  const segments = path.split("/");
  let best: { rule: NamedRule; pattern: string } | undefined;
  let least = Math.max(3, path.length / 4);
  for (const rule of rules)
    for (const { pattern } of rule.outputs) {
      const own = pattern.source.split("/");
      if (own.length !== segments.length) continue;
      const distance = own
        .map((text, i) => segmentDistance(text, segments[i]!))
        .reduce((sum, d) => sum + d, 0);
      if (distance < least) {
        least = distance;
        best = { rule, pattern: pattern.source };
      }
    }
  return best;
}

function segmentDistance(pattern: string, segment: string): number {
  const texts = pattern.split(/\{[^{}]*\}/);
  if (texts.length === 1) return editDistance(pattern, segment);
  const head = texts[0]!;
  const tail = texts[texts.length - 1]!;
  return (
    editDistance(head, segment.slice(0, head.length)) +
    editDistance(tail, tail === "" ? "" : segment.slice(-tail.length))
  );
}
