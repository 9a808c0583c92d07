/** What a question means for a workflow: which jobs it is about, and which files must stand afterwards. */
import type { Question } from "./cases.ts";
import type { Clean } from "./clean.ts";
import { type ModelJob, madePaths, type Output, type Workflow } from "./jobs.ts";
import { firstPlace, placesOf } from "./places.ts";

/** A question with its names. */
export interface Asked {
  readonly targets: readonly string[];
  readonly until: readonly string[];
  readonly omitFrom: readonly string[];
  readonly force: { readonly all?: boolean; readonly targets?: boolean; readonly these?: readonly string[] };
  readonly triggers: readonly string[] | null;
  readonly keepGoing: boolean;
  readonly keepTemporary: boolean;
}

export interface Scope {
  /** All that the targets need. */
  readonly all: ReadonlySet<ModelJob>;
  /** What is left of it by `--until` and `--omit-from`. */
  readonly kept: ReadonlySet<ModelJob>;
  /** What the plan has before it grows. */
  readonly known: ReadonlySet<ModelJob>;
  /** Files that are asked for, and whether one of them cannot be made. */
  readonly files: ReadonlySet<string>;
  readonly impossible: boolean;
  /** Files of which the plan may only find out as it grows whether they are asked for. */
  readonly perhaps: ReadonlySet<string>;
  /** What is to be made again is a target of its own. */
  readonly hasBeside: boolean;
  /** Files that say what is needed beside. */
  readonly firsts: ReadonlySet<string>;
  readonly forced: (job: ModelJob) => boolean;
}

const pick = <T>(from: readonly T[], which: number): T => from[which % from.length]!;

/** Gives the numbers of a question their names: those of what the plan has. */
export function askedOf(question: Question, workflow: Workflow, clean: Clean): Asked {
  const { target, until, omitFrom, force, forced } = question;
  const names = [
    ...workflow.rules
      .filter(({ wildcards, number }) => wildcards.length === 0 && number >= 0)
      .map(({ name }) => name),
    ...workflow.jobs.flatMap(({ outputs }) => outputs.map(({ path }) => path)),
  ];
  const targets = target === null || names.length === 0 ? [] : [pick(names, target)];
  const named = targets.length === 0 ? ["all"] : targets;
  const jobs = [...clean.needs(targetsOf(named, workflow, clean).jobs)];
  const one = (which: number | null, of = jobs): string[] => {
    if (which === null || of.length === 0) return [];
    const job = pick(of, which);
    return [which % 2 === 0 || job.outputs.length === 0 ? job.rule.name : job.outputs[0]!.path];
  };
  const { triggers, keepGoing, keepTemporary } = question;
  const asked = { targets, until: one(until), omitFrom: one(omitFrom), triggers, keepGoing, keepTemporary };
  if (force === null) return { ...asked, force: {} };
  // What is made again must be in the plan.
  const these =
    force === "rule" ? one(forced, [...scopeOf({ ...asked, force: {} }, workflow, clean).kept]) : [];
  const forces = { all: { all: true }, targets: { targets: true }, rule: { these } };
  return { ...asked, force: forces[force as keyof typeof forces] };
}

/** Names of targets; what is to be made again and no target needs is one too, unless only growth would bring it. */
function namesOf({ targets, force }: Asked, workflow: Workflow, clean: Clean): readonly string[] {
  const names = targets.length === 0 ? ["all"] : targets;
  const { these = [] } = force;
  if (these.length === 0) return names;
  const known = [...clean.needs(targetsOf(names, workflow, clean).jobs, () => false)];
  const isBeside = (name: string) =>
    !known.some((job) => isNamed(job, [name])) &&
    workflow.rules.every((rule) => rule.name !== name || rule.wildcards.length === 0);
  return [...names, ...these.filter(isBeside)];
}

function targetsOf(targets: readonly string[], workflow: Workflow, clean: Clean) {
  const jobs: ModelJob[] = [];
  const files: string[] = [];
  let impossible = false;
  for (const name of targets) {
    const ofRule = workflow.jobs.filter(({ rule }) => rule.name === name);
    for (const job of ofRule) if (job.outputs.length === 0) jobs.push(job);
    files.push(
      ...(ofRule.length === 0 ? [name] : ofRule.flatMap(({ outputs }) => outputs.map(({ path }) => path))),
    );
  }
  for (const path of files) {
    const job = clean.maker(path);
    if (job === null) impossible = true;
    else jobs.push(job);
  }
  impossible ||= jobs.some((job) => !clean.canRun(job));
  return { jobs, files, impossible };
}

export function scopeOf(asked: Asked, workflow: Workflow, clean: Clean): Scope {
  const names = namesOf(asked, workflow, clean);
  const { jobs: wanted, files: named, impossible } = targetsOf(names, workflow, clean);
  // A temporary output is not asked for by what is only to be made again.
  const lasting = targetsOf(asked.targets.length === 0 ? ["all"] : asked.targets, workflow, clean).files;
  const all = clean.needs(wanted);
  const known = clean.needs(wanted, () => false);
  const readers = (job: ModelJob) => inputsOf(job, clean);
  /** Those of a target that cannot be made too: with -k the others are made. */
  const inputsNamed = (job: ModelJob) =>
    (placesOf(job, workflow.variant, clean.value) ?? []).map(({ path }) => path);
  const files = new Set<string>();
  const perhaps = new Set<string>();
  const dropped = new Set<ModelJob>();
  if (asked.omitFrom.length > 0) {
    for (const job of all) if (isNamed(job, asked.omitFrom)) dropped.add(job);
    for (let before = -1; before < dropped.size; ) {
      before = dropped.size;
      for (const job of all)
        if (readers(job).some((path) => dropped.has(clean.maker(path)!))) dropped.add(job);
    }
  }
  // What only growth of a job that is left out would bring is not known.
  const possible = clean.needs(wanted, (job) => !dropped.has(job));
  let kept = new Set([...possible].filter((job) => !dropped.has(job)));
  let last: ModelJob[] = [];
  let isGrown = false;
  if (asked.until.length > 0) {
    // Growth is asked for what goes by a name only where the plan has none of it.
    last = [...possible].filter((job) => isNamed(job, asked.until));
    if (last.some((job) => known.has(job))) last = last.filter((job) => known.has(job));
    else isGrown = true;
    const needed = clean.needs(last, (job) => !dropped.has(job));
    kept = new Set([...needed].filter((job) => kept.has(job)));
  }
  const selected = asked.until.length > 0 || asked.omitFrom.length > 0;
  const used = new Set([...kept].flatMap(readers));
  const firstUsed = new Set([...kept].flatMap((job) => firstPlace(job)?.path ?? readers(job)));
  // Before it grows, the plan does not know that a temporary output is an end: what reads it may be left out.
  isGrown ||= [...dropped].some(({ rule }) => rule.asks !== null);
  for (const job of kept) {
    if (!job.rule.hasBody && wanted.includes(job)) {
      for (const path of readers(job)) if (!isTemporary(path, workflow)) files.add(path);
    }
    const isEnd = selected && (last.includes(job) || job.outputs.every((output) => !isUsed(output, used)));
    for (const { path, mark } of job.outputs) {
      const isSure = !(mark === "temp" && isGrown);
      const isAsked = (mark === "temp" ? lasting : named).includes(path);
      if (isAsked || (isEnd && isSure)) files.add(path);
      // As far as it knew before it grew, this was an end.
      else if (isEnd || (selected && known.has(job) && job.outputs.every((one) => !isUsed(one, firstUsed))))
        perhaps.add(path);
    }
  }
  // What a job that is left out has asked for is made if that was asked before it was known; of what others ask for
  // later too, nobody knew then that it is no end.
  for (const job of all)
    if (dropped.size > 0 && !dropped.has(job) && !(kept.has(job) && known.has(job)))
      for (const { path } of job.outputs) perhaps.add(path);
  const { force } = asked;
  return {
    all,
    kept,
    known,
    files,
    impossible,
    perhaps,
    hasBeside: names.length > Math.max(1, asked.targets.length),
    firsts: new Set([...all].flatMap((job) => firstPlace(job)?.path ?? [])),
    forced: (job) =>
      force.all === true ||
      isNamed(job, force.these ?? []) ||
      (force.targets === true &&
        (selected ||
          wanted.includes(job) ||
          job.outputs.some(
            ({ path }) =>
              files.has(path) || wanted.some((one) => !one.rule.hasBody && inputsNamed(one).includes(path)),
          ))),
  };
}

/** Whether an output, or a file in it, is among the paths. */
function isUsed(output: Output, paths: ReadonlySet<string>): boolean {
  return madePaths(output).some((path) => paths.has(path));
}

function isNamed(job: ModelJob, names: readonly string[]): boolean {
  return names.includes(job.rule.name) || job.outputs.some(({ path }) => names.includes(path));
}

export function inputsOf(job: ModelJob, clean: Clean): string[] {
  const first = firstPlace(job);
  return (clean.places(job) ?? (first === null ? [] : [first])).map(({ path }) => path);
}

export function isTemporary(path: string, { makers }: Workflow): boolean {
  return makers.get(path)?.outputs.find((output) => madePaths(output).includes(path))?.mark === "temp";
}
