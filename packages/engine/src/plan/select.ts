/**
 * Parts of a plan: up to some rules or files (`--until`), without some and their readers (`--omit-from`), without rows
 * that nothing needs. Rows stay where they are; this says which of them are wanted.
 */
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { logPath, type NamedRule } from "../rules/ruleset.ts";
import type { Readers } from "./readers.ts";
import type { Plan, Target } from "./table.ts";

/** Names of rules, or paths of outputs. */
export interface Selection {
  readonly until?: readonly string[];
  readonly omitFrom?: readonly string[];
}

export interface SelectedOptions {
  readonly plan: Plan;
  readonly readers: Readers;
  readonly selection: Selection;
  /** The plan has rows that no target needs. */
  readonly hasLoose: () => boolean;
}

/** Which jobs of a plan are wanted. Must be updated whenever the plan grows. */
export class Selected {
  readonly targets: Target[];
  /** Jobs that are only asked for more inputs, which may bring what `--until` names: so far, they do not run. */
  readonly growthOnly = new Set<number>();
  /** Jobs that turned out to be left out as the plan grew. */
  readonly leftOut = new Set<number>();
  readonly #options: SelectedOptions;
  /** Some jobs of the plan are left out by `--until` or `--omit-from`. */
  readonly isPart: boolean;
  readonly #kept = new Set<number>();
  readonly #dropped = new Set<number>();
  #growing = new Set<number>();
  /** Jobs whose outputs are targets because the plan ends there. */
  readonly #ends = new Set<number>();
  /** True if at first the plan had no job for some name of `--until`: then every job that may bring one is asked. */
  #unmet: boolean | undefined;
  #seen = 0;

  /** Throws where a name is neither a rule nor an output of the plan, and cannot become one. */
  constructor(options: SelectedOptions) {
    this.#options = options;
    const { plan, selection } = options;
    const { until = [], omitFrom = [] } = selection;
    this.isPart = until.length > 0 || omitFrom.length > 0;
    this.targets = this.isPart ? [] : plan.targets;
    const first = this.#take();
    if (!this.isPart) return;
    this.#addEnds(first);
    this.#addTargets();
  }

  isWanted(job: number): boolean {
    return (this.#selectsAll || this.#kept.has(job)) && !this.leftOut.has(job);
  }

  /** The wanted rows in the plan's order. */
  *rows(): Generator<number> {
    const { jobCount } = this.#options.plan;
    const all = this.#selectsAll && this.leftOut.size === 0;
    for (let row = 0; row < jobCount; row++) if (all || this.isWanted(row)) yield row;
  }

  /** The plan has grown by a job's new inputs; returns the rows that are wanted now and were not before. */
  extend(job: number): number[] {
    const wasAsked = this.growthOnly.has(job);
    const fresh = this.#take();
    if (!this.isPart) return fresh;
    // It was only to be asked, or it needs a job that is left out: neither it nor its readers can run.
    const isLeftOut = wasAsked || this.#dropped.has(job);
    if (isLeftOut) for (const one of this.#options.readers.users([job])) this.leftOut.add(one);
    // With --omit-from, the jobs that it depends on are the last ones then. With --until, the named ones are.
    const { until = [] } = this.#options.selection;
    this.#addEnds(isLeftOut && until.length === 0 ? this.#kept : fresh);
    if (fresh.length > 0) this.#addTargets();
    return fresh.filter((one) => !this.leftOut.has(one));
  }

  get #selectsAll(): boolean {
    return !this.isPart && !this.#options.hasLoose();
  }

  /** Recomputes which jobs are wanted. */
  #take(): number[] {
    const { plan, selection } = this.#options;
    const from = this.#seen;
    this.#seen = plan.jobCount;
    // The first time, nobody needs the list.
    if (this.#selectsAll) return from === 0 ? [] : range(from, plan.jobCount);
    const all = this.#reachable();
    const wanted = this.isPart ? this.#part(all, selection) : all;
    const fresh = range(0, plan.jobCount).filter(
      (job) => wanted.has(job) && !this.#dropped.has(job) && !this.#kept.has(job),
    );
    for (const job of fresh) this.#kept.add(job);
    return fresh;
  }

  #reachable(): Set<number> {
    const { plan } = this.#options;
    return withNeeds(
      plan,
      plan.targets.map((target) => ("job" in target ? target.job : plan.maker(target.file))),
    );
  }

  #part(all: ReadonlySet<number>, { until = [], omitFrom = [] }: Selection): Set<number> {
    const { plan } = this.#options;
    const asking = [...plan.afterInputs.keys()].filter((job) => all.has(job));
    const later = asking.length > 0;
    const last = jobsNamed(plan, until, "stop after", later);
    const first = jobsNamed(plan, omitFrom, "leave out", later);
    this.#unmet ??= until.some((name) => jobsNamed(plan, [name], "stop after", true).size === 0);
    const needed = until.length === 0 ? all : withNeeds(plan, last);
    const wanted = new Set(needed);
    this.#growing = new Set(this.#unmet ? asking.filter((job) => !wanted.has(job)) : []);
    const growing = withNeeds(plan, this.#growing);
    for (const job of growing) wanted.add(job);
    const used = makersFor(plan, growing);
    this.growthOnly.clear();
    for (const job of this.#growing) if (!used.has(job)) this.growthOnly.add(job);
    for (const job of this.#options.readers.users(first)) this.#dropped.add(job);
    this.#takeIn(needed);
    return wanted;
  }

  /** New jobs may need jobs that were only to be asked and were left out. */
  #takeIn(needed: ReadonlySet<number>): void {
    for (const job of this.leftOut)
      if (needed.has(job) && !this.#dropped.has(job)) {
        this.leftOut.delete(job);
        this.#kept.delete(job);
      }
  }

  /** Outputs of wanted jobs become targets if they were named, or if no wanted job needs them. */
  #addEnds(jobs: Iterable<number>): void {
    const { plan, selection } = this.#options;
    const last = jobsNamed(plan, selection.until ?? [], "stop after", true);
    const used = makersFor(
      plan,
      [...this.#kept].filter((job) => !this.leftOut.has(job)),
    );
    for (const job of jobs) {
      if (this.leftOut.has(job) || this.#ends.has(job)) continue;
      if (this.#growing.has(job) || (!last.has(job) && used.has(job))) continue;
      this.#ends.add(job);
      const files = plan.outputs(job);
      if (files.length === 0) this.targets.push({ job });
      else for (const file of files) this.targets.push({ file });
    }
  }

  /** Named targets that are wanted now, even if other jobs need them too. */
  #addTargets(): void {
    const { plan } = this.#options;
    for (const target of plan.targets) {
      const job = "job" in target ? target.job : plan.maker(target.file);
      if ((job < 0 || this.isWanted(job)) && !this.targets.some((one) => isSame(one, target)))
        this.targets.push(target);
    }
  }
}

/**
 * The jobs of a plan that have these names. `later`: the plan may grow, so a name may be a rule, or an output of a
 * rule, that has no job yet.
 */
export function jobsNamed(plan: Plan, names: readonly string[], action: string, later = false): Set<number> {
  const jobs = new Set<number>();
  for (const name of names) {
    const rule = plan.rules.find((one) => one.name === name);
    const found = rule === undefined ? makerOf(plan, name) : jobsOf(plan, rule);
    if (found.length === 0 && !(later && (rule !== undefined || canMake(plan, name))))
      throw unknownName(action, name, plan.rules);
    for (const job of found) jobs.add(job);
  }
  return jobs;
}

export function jobsOf(plan: Plan, rule: NamedRule): number[] {
  return range(0, plan.jobCount).filter((job) => plan.ruleOf(job) === rule);
}

/** The job that makes a path, which may be its log or in its output folder, and be read by nothing. */
function makerOf(plan: Plan, path: string): number[] {
  for (const above of [path, ...foldersAbove(path)]) {
    const file = plan.find(above);
    const maker = file < 0 ? -1 : plan.maker(file);
    if (maker < 0) continue;
    if (above === path || plan.ruleOf(maker).outputs[plan.place(file)]?.marks.directory) return [maker];
  }
  const logging = plan.rules.filter(({ matchLog }) => matchLog?.(path) != null);
  return logging
    .flatMap((rule) => jobsOf(plan, rule))
    .filter((job) => logPath(plan.ruleOf(job), plan.values(job)) === path);
}

/** Whether some rule makes a path: as an output, as its log, or in its output folder. */
export function canMake({ rules }: Plan, path: string): boolean {
  const makes = (made: string, isFolder: boolean) =>
    rules.some(({ outputs }) =>
      outputs.some(({ marks, match }) => (!isFolder || marks.directory === true) && match(made) !== null),
    );
  return (
    makes(path, false) ||
    rules.some(({ matchLog }) => matchLog?.(path) != null) ||
    [...foldersAbove(path)].some((folder) => makes(folder, true))
  );
}

/** Files of `--until` that a job of the plan makes, and that nothing reads: they become targets, so that it must make them. */
export function untilTargets({ until = [] }: Selection, plan: Plan): string[] {
  return until.filter(
    (name) =>
      !plan.rules.some((rule) => rule.name === name) && plan.find(name) < 0 && makerOf(plan, name).length > 0,
  );
}

function unknownName(action: string, name: string, rules: readonly NamedRule[]): Error {
  const near = closest(
    name,
    rules.map((rule) => rule.name),
  );
  return cannot(action, name, "the plan has no job of this rule and no output of this path", {
    hint:
      near === undefined || near === name
        ? "Name a rule, or give the path of an output relative to the working folder."
        : `Did you mean "${near}"?`,
  });
}

/** The jobs that make what these need. */
function makersFor(plan: Plan, jobs: Iterable<number>): Set<number> {
  const makers = new Set<number>();
  for (const job of jobs)
    for (const file of plan.inputFiles(job)) if (plan.maker(file) >= 0) makers.add(plan.maker(file));
  return makers;
}

/** These jobs and all that they need. */
export function withNeeds(plan: Plan, jobs: Iterable<number>): Set<number> {
  const kept = new Set<number>();
  const gathers = new Set<number>();
  const pending = [...jobs];
  const need = (file: number) => {
    const maker = plan.maker(file);
    if (maker >= 0 && !kept.has(maker)) pending.push(maker);
  };
  for (let job = pending.pop(); job !== undefined; job = pending.pop()) {
    if (job < 0 || kept.has(job)) continue;
    kept.add(job);
    for (const place of plan.inputs(job)) need(place >> 1);
    // Jobs share gathers: each is visited once.
    for (const gather of plan.gathers(job))
      if (!gathers.has(gather)) {
        gathers.add(gather);
        plan.gatherFiles(gather).forEach(need);
      }
  }
  return kept;
}

function isSame(one: Target, other: Target): boolean {
  if ("job" in one) return "job" in other && one.job === other.job;
  return "file" in other && one.file === other.file;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
