/**
 * The plan: from the wanted targets back to the sources, over the rules.
 *
 * Every path is looked up once, every job made once, a gather over an expansion is one node; so the cost
 * grows with the number of jobs and not with jobs times rules or inputs.
 */
import { cannot, internal } from "./errors.ts";
import type { Expanded } from "./expand.ts";
import { expandedPaths } from "./expand.ts";
import type { Inventory } from "./inventory.ts";
import { describeJob, makerMissing, sharedOutput } from "./plan-errors.ts";
import { bind, inputPaths, type NamedRule } from "./ruleset.ts";

/** A path of the plan. */
export interface PlannedFile {
  readonly path: string;
  /** Position among the plan's files. */
  readonly index: number;
  /** The job that makes it; null for a source. */
  maker: PlannedJob | null;
}

/** The files of one closed expansion; all rules that gather over it share the node. */
export interface Gather {
  readonly files: readonly PlannedFile[];
}

/** A rule with its wildcards filled. */
export interface PlannedJob {
  readonly rule: NamedRule;
  /** Values of the rule's wildcards, in their order. */
  readonly values: readonly string[];
  readonly outputs: readonly PlannedFile[];
  readonly inputs: readonly PlannedFile[];
  readonly gathers: readonly Gather[];
  /** Position in the plan: a job comes after all that it needs. Negative until that is known. */
  order: number;
}

export interface Plan {
  readonly jobs: readonly PlannedJob[];
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** The files asked for, and the jobs of rules without outputs. */
  readonly targets: readonly (PlannedFile | PlannedJob)[];
}

const noGathers: readonly Gather[] = [];

/** `PlannedJob.order` while the plan is put in order. */
const unseen = -1;
const visiting = -2;

/** Every input file of a job, those of its gathers too. */
export function* inputsOf(job: PlannedJob): Generator<PlannedFile> {
  yield* job.inputs;
  for (const gather of job.gathers) yield* gather.files;
}

/**
 * Plans what makes `targets`: names of rules without wildcards, or paths.
 * Throws where no rule makes a file that does not exist, where two rules could, and where jobs need each other.
 */
export function plan(rules: readonly NamedRule[], targets: readonly string[], disk: Inventory): Plan {
  const files = new Map<string, PlannedFile>();
  const pending: PlannedFile[] = [];
  const gathers = new Map<Expanded, Gather>();
  const jobs: PlannedJob[] = [];

  function fileAt(path: string): PlannedFile {
    let file = files.get(path);
    if (file === undefined) {
      file = { path, index: files.size, maker: null };
      files.set(path, file);
    }
    return file;
  }

  function want(path: string): PlannedFile {
    const before = files.size;
    const file = fileAt(path);
    if (files.size > before) pending.push(file);
    return file;
  }

  function gatherOf(expanded: Expanded): Gather {
    let gather = gathers.get(expanded);
    if (gather === undefined) {
      gather = { files: expandedPaths(expanded).map(want) };
      gathers.set(expanded, gather);
    }
    return gather;
  }

  function inputFiles(rule: NamedRule, values: readonly string[]): PlannedFile[] {
    const files = rule.single.map((input) => want(input.fill(values)));
    if (rule.lists.length === 0) return files;
    const wildcards = bind(rule, values);
    return files.concat(rule.lists.flatMap((input) => inputPaths(input, wildcards).map(want)));
  }

  function makeJob(rule: NamedRule, values: readonly string[]): PlannedJob {
    const job: PlannedJob = {
      rule,
      values,
      outputs: rule.outputs.map((output) => fileAt(output.fill(values))),
      inputs: inputFiles(rule, values),
      gathers: rule.gathers.length === 0 ? noGathers : rule.gathers.map(gatherOf),
      order: unseen,
    };
    for (const file of job.outputs) {
      if (file.maker !== null) throw sharedOutput(file.path, file.maker, job);
      file.maker = job;
    }
    jobs.push(job);
    return job;
  }

  const wanted = targets.flatMap((target): (PlannedFile | PlannedJob)[] => {
    const rule = rules.find((r) => r.name === target);
    if (rule === undefined) return [want(target)];
    if (rule.wildcards.length > 0)
      throw cannot(
        "make the target",
        target,
        `its outputs have the wildcards {${rule.wildcards.join("} {")}}`,
        {
          hint: `Ask for a path instead, as in "${rule.outputs[0]!.pattern.source}" with values for them.`,
        },
      );
    if (rule.outputs.length === 0) return [makeJob(rule, [])];
    return rule.outputs.map((output) => want(output.pattern.texts[0]!));
  });

  const choose = chooser(rules, disk);
  for (let next = 0; next < pending.length; next++) {
    const file = pending[next]!;
    if (file.maker !== null) continue;
    const maker = choose(file.path);
    if (maker !== null) makeJob(maker.rule, maker.values);
  }
  dropImpossible(rules, jobs, files, wanted, disk);
  return { jobs: ordered(wanted), files, targets: wanted };
}

interface Choice {
  readonly rule: NamedRule;
  readonly values: readonly string[];
}

/** Finds the rule that makes a path. Of several, those whose inputs cannot be made are out. */
function chooser(rules: readonly NamedRule[], disk: Inventory): (path: string) => Choice | null {
  const feasible = new Map<string, boolean>();

  function candidates(path: string): Choice[] {
    const found: Choice[] = [];
    for (const rule of rules)
      for (const output of rule.outputs) {
        const values = output.match(path);
        if (values === null) continue;
        found.push({ rule, values });
        break;
      }
    return found;
  }

  function canBeMade(path: string): boolean {
    const known = feasible.get(path);
    if (known !== undefined) return known;
    // Until it is known: a path that needs itself cannot be made.
    feasible.set(path, false);
    const can = candidates(path).some(inputsCanBeMade) || disk.stat(path) !== null;
    feasible.set(path, can);
    return can;
  }

  function inputsCanBeMade({ rule, values }: Choice): boolean {
    const wildcards = bind(rule, values);
    return rule.inputs.every((input) => inputPaths(input, wildcards).every(canBeMade));
  }

  return (path) => {
    const found = candidates(path);
    if (found.length <= 1) return found[0] ?? null;
    const possible = found.filter(inputsCanBeMade);
    if (possible.length === 1) return possible[0]!;
    if (possible.length === 0) return disk.stat(path) === null ? found[0]! : null;
    throw cannot("choose a rule for", path, "several rules make it", {
      facts: possible.map(({ rule, values }) => ["rule", describeJob(rule, values)] as const),
      hint: "Tell them apart by their paths or by `constraints`.",
    });
  };
}

/**
 * A file that no rule makes must exist. Where one does not, the jobs that need it are impossible; an
 * output of theirs that exists is taken as it is, and what needs any other is impossible too.
 */
function dropImpossible(
  rules: readonly NamedRule[],
  jobs: readonly PlannedJob[],
  files: ReadonlyMap<string, PlannedFile>,
  targets: readonly (PlannedFile | PlannedJob)[],
  disk: Inventory,
): void {
  const impossible = new Set<PlannedFile>();
  for (const file of files.values())
    if (file.maker === null && disk.stat(file.path) === null) impossible.add(file);
  if (impossible.size === 0) return;

  const first = impossible.values().next().value!;
  const users = new Map<PlannedFile, PlannedJob[]>();
  for (const job of jobs)
    for (const input of inputsOf(job)) {
      const list = users.get(input);
      if (list === undefined) users.set(input, [job]);
      else list.push(job);
    }
  for (const file of impossible)
    for (const job of users.get(file) ?? []) {
      for (const output of job.outputs) {
        output.maker = null;
        if (disk.stat(output.path) === null) impossible.add(output);
      }
      if (job.outputs.length === 0) throw makerMissing(rules, first.path, users.get(first)?.[0], disk);
    }
  const lost = targets.find((target) => "path" in target && impossible.has(target));
  if (lost !== undefined) throw makerMissing(rules, first.path, users.get(first)?.[0], disk);
}

/** The jobs that the targets need, each after those that it needs itself; fills in their order. */
function ordered(targets: readonly (PlannedFile | PlannedJob)[]): PlannedJob[] {
  const order: PlannedJob[] = [];
  // Explicit, since a chain of jobs may be longer than the stack of calls is deep.
  const stack: { job: PlannedJob; inputs: Iterator<PlannedFile> }[] = [];

  function enter(job: PlannedJob | null): void {
    if (job === null || job.order >= 0) return;
    if (job.order === visiting) throw cycle([...stack.map((s) => s.job), job]);
    job.order = visiting;
    stack.push({ job, inputs: job.gathers.length === 0 ? job.inputs.values() : inputsOf(job) });
  }

  for (const target of targets) {
    enter("path" in target ? target.maker : target);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const next = top.inputs.next();
      if (!next.done) {
        enter(next.value.maker);
        continue;
      }
      stack.pop();
      top.job.order = order.length;
      order.push(top.job);
    }
  }
  return order;
}

function cycle(chain: readonly PlannedJob[]): Error {
  const last = chain[chain.length - 1];
  if (last === undefined) throw internal("a cycle without jobs");
  const round = chain.slice(chain.indexOf(last));
  const shown = round.length > 8 ? [...round.slice(0, 7), last] : round;
  return cannot("order the jobs", last.outputs[0]?.path ?? last.rule.name, "it needs itself", {
    facts: shown.map((job, i) => [i === 0 ? "job" : "needs", describeJob(job.rule, job.values)] as const),
  });
}
