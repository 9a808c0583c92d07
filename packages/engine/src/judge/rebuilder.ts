/**
 * Decides whether a job is up to date: a Reason to run, or null.
 *
 * Verifying traces: what a job was made from is compared with what stands now, by content. So a job that
 * made the same bytes again stops the cascade. A file without a trace (made elsewhere, copied) is judged by
 * its time, as make does.
 */

import { contentId, type Fingerprint, setDigest } from "../disk/fingerprint.ts";
import type { Journal, Trace } from "../journal/journal.ts";
import type { PlannedFile, PlannedJob } from "../plan/dag.ts";
import { inputsOf } from "../plan/dag.ts";
import { findInput, type Gather } from "../plan/plan.ts";
import { partsOfCode, type Recipe, type RecordedText, ruleCode } from "../plan/recipe.ts";
import type { Cost } from "../programs/cost.ts";
import { hasBody } from "../rules/rule.ts";
import { type Trigger, triggers } from "../rules/triggers.ts";
import { type Missing, type PrintsOptions, standingPrints } from "./prints.ts";

/** Why a job must run. */
export type Reason =
  | { readonly kind: "forced" }
  | ({ readonly kind: "missing output" } & Missing)
  | { readonly kind: "interrupted" }
  /** No job has ever made it well; what stands there, a failed one has written past the engine. */
  | { readonly kind: "failed last time" }
  | { readonly kind: "changed params" }
  | { readonly kind: "changed code" }
  /** The prefix of the rule, which starts its command in a software environment. */
  | { readonly kind: "changed software-env" }
  | { readonly kind: "changed input set" }
  | { readonly kind: "changed input"; readonly path?: string }
  | { readonly kind: "newer input"; readonly path: string }
  /** Something that it needs will be made again; whether that changes anything is seen then. */
  | { readonly kind: "upstream"; readonly job: PlannedJob }
  /** A rule without outputs. */
  | { readonly kind: "target" };

export interface RebuilderOptions extends PrintsOptions {
  readonly recipeOf: (job: PlannedJob) => Recipe;
  /** Jobs to run whatever stands. */
  readonly forced?: (job: PlannedJob) => boolean;
  /** What counts, for rules that do not count less; all of them where left out. */
  readonly triggers?: ReadonlySet<Trigger>;
}

/** What an output was made from, against what stands now. */
export interface Differences {
  readonly trace: Trace;
  /** The new text where it differs; null where it is the same. */
  readonly params: RecordedText | null;
  readonly code: RecordedText | null;
  readonly inputSet: boolean;
  /** Some input differs; `inputs` are those that can be named. */
  readonly content: boolean;
  readonly inputs: readonly PlannedFile[];
}

export interface Rebuilder {
  /** `willRun` tells of the jobs that this one needs whether they are going to run. */
  reason(job: PlannedJob, willRun: (job: PlannedJob) => boolean): Reason | null;
  /** All that differs between what a job's outputs were made from and what stands now; null without a trace. */
  differences(job: PlannedJob): Differences | null;
  /** The fingerprint of a file as it stands now; asked once until `forget`. */
  print(file: PlannedFile): Fingerprint | null;
  /** The same where it was found already, without a look at the disk. */
  seen(file: PlannedFile): Fingerprint | undefined;
  /** Files that a job made and that were removed since, as long as nobody needs them. */
  readonly absent: ReadonlySet<PlannedFile>;
  /** True if all outputs of a job are known to have the content that it gave them. */
  asMade(job: PlannedJob): boolean;
  /** Takes note of a job's sources before it reads them: what is edited while it runs counts next time. */
  reading(job: PlannedJob): void;
  /** Takes note of what was removed of a job's outputs. */
  look(job: PlannedJob): void;
  /** From now on, the removed files of a job count as missing. */
  need(job: PlannedJob): void;
  /** To be called when a job has made its outputs anew; `made` are their fingerprints where they are known. */
  forget(job: PlannedJob, made?: readonly Fingerprint[]): void;
  /** What a job is made from now, recipe and inputs, as one text to compare. */
  origin(job: PlannedJob): string;
  /** The trace of a job that has just put its outputs in place. */
  trace(job: PlannedJob, made: { start: number; end: number; attempt: number; call: number } & Cost): Trace;
  /** Records the fingerprints of sources that were not known before. */
  recordSources(journal: Journal): void;
}

/** What is recorded of an output that somebody has removed at once. */
const gone: Fingerprint = { size: 0, mtime: 0, hash: "" };

export function rebuilder(options: RebuilderOptions): Rebuilder {
  const { history, recipeOf, forced = () => false } = options;
  const ofRun = options.triggers ?? new Set(triggers);
  const counts = ({ rule }: PlannedJob, trigger: Trigger) =>
    ofRun.has(trigger) && (rule.spec.triggers === undefined || rule.spec.triggers.includes(trigger));
  const prints = standingPrints(options);
  const print = prints.of;
  const remade = new Set<PlannedJob>();
  const readGathers = new Set<Gather>();

  const traceOf = ({ outputs: [first] }: PlannedJob) =>
    first === undefined ? undefined : history.traces.get(first.path);

  function inputDigest(job: PlannedJob): string {
    const digest = setDigest();
    const add = (input: PlannedFile) => {
      const found = job.ancient.has(input) ? null : print(input);
      digest.add(input.path, found === null ? "" : contentId(found));
    };
    job.inputs.forEach(add);
    for (const gather of job.gathers) gather.files.forEach(add);
    return digest.toString();
  }

  /** Without a trace: the first input that is newer than the oldest output. */
  function newerInput(job: PlannedJob): PlannedFile | undefined {
    const oldest = Math.min(...job.outputs.map((output) => print(output)?.mtime ?? 0));
    return findInput(job, (input) => !job.ancient.has(input) && (print(input)?.mtime ?? 0) > oldest);
  }

  /** Without a trace: outputs that are older than the failure of the job. */
  function isLeftByFailure({ outputs }: PlannedJob): boolean {
    const failed = history.failures.get(outputs[0]!.path);
    return failed !== undefined && outputs.some((output) => (print(output)?.mtime ?? 0) <= failed.at);
  }

  /** The inputs that are known to have changed: by their content, their time, or because they were made since. */
  function changedInputs(job: PlannedJob, trace: Trace): PlannedFile[] {
    const inputs = [...inputsOf(job)].filter((input) => !job.ancient.has(input));
    const since = trace.touched ?? trace.start;
    const changed = inputs.filter((input) => {
      const now = print(input);
      const before = prints.known(input);
      if (now === null || (before !== undefined && contentId(before) !== contentId(now))) return true;
      const maker = input.maker === null ? undefined : traceOf(input.maker);
      // Records are in whole milliseconds, the times of files are not.
      return (maker?.end ?? Math.floor(now.mtime)) > since;
    });
    return changed.length === 0 && inputs.length === 1 ? inputs : changed;
  }

  function changedInput(job: PlannedJob, trace: Trace): Reason {
    const [first] = changedInputs(job, trace);
    return first === undefined ? { kind: "changed input" } : { kind: "changed input", path: first.path };
  }

  /** What this run made again always counts: only older changes can be left out. */
  function contentCounts(job: PlannedJob): boolean {
    return (
      counts(job, "mtime") || findInput(job, ({ maker }) => maker !== null && remade.has(maker)) !== undefined
    );
  }

  /** A function of the rule may read an input that was removed: then what it gave counts. */
  function recipeNow(job: PlannedJob, { params }: Trace): Recipe {
    try {
      return recipeOf(job);
    } catch (error) {
      if (findInput(job, (input) => prints.absent.has(input)) === undefined) throw error;
      return { params: { id: params, text: "" }, code: ruleCode(job.rule) };
    }
  }

  function ownReason(job: PlannedJob, trace: Trace | undefined): Reason | null {
    if (trace === undefined) {
      if (isLeftByFailure(job)) return { kind: "failed last time" };
      const newer = contentCounts(job) ? newerInput(job) : undefined;
      return newer === undefined ? null : { kind: "newer input", path: newer.path };
    }
    const recipe = recipeNow(job, trace);
    if (counts(job, "params") && trace.params !== recipe.params.id) return { kind: "changed params" };
    const changed = trace.code === recipe.code.id ? null : changedCode(job, trace, recipe);
    if (changed !== null) return changed;
    if (trace.inputs === inputDigest(job)) return null;
    if (trace.set === pathDigest(job)) return contentCounts(job) ? changedInput(job, trace) : null;
    return counts(job, "input") ? { kind: "changed input set" } : null;
  }

  function changedCode(job: PlannedJob, trace: Trace, recipe: Recipe): Reason | null {
    const [before, within] = partsOfCode(trace.code);
    const [now, withinNow] = partsOfCode(recipe.code.id);
    if (before !== now && counts(job, "code")) return { kind: "changed code" };
    return within !== withinNow && counts(job, "software-env") ? { kind: "changed software-env" } : null;
  }

  return {
    print,
    differences(job) {
      const trace = traceOf(job);
      if (trace === undefined) return null;
      const { params, code } = recipeNow(job, trace);
      const content = trace.inputs !== inputDigest(job);
      return {
        trace,
        params: trace.params === params.id ? null : params,
        code: trace.code === code.id ? null : code,
        inputSet: trace.set !== pathDigest(job),
        inputs: content ? changedInputs(job, trace) : [],
        content,
      };
    },
    forget(job, made) {
      remade.add(job);
      prints.forget(job, made);
    },
    origin(job) {
      const { params, code } = recipeOf(job);
      return `${params.id}.${code.id}.${inputDigest(job)}`;
    },
    reason(job, willRun) {
      const trace = traceOf(job);
      const missing = prints.missing(job, trace);
      if (missing !== null) return { kind: "missing output", ...missing };
      if (forced(job)) return { kind: "forced" };
      if (job.outputs[0] !== undefined && history.open.has(job.outputs[0].path))
        return { kind: "interrupted" };
      const upstream = findInput(
        job,
        (input) => input.maker !== null && willRun(input.maker) && !job.ancient.has(input),
      );
      if (upstream !== undefined) return { kind: "upstream", job: upstream.maker! };
      if (job.outputs.length > 0) return ownReason(job, trace);
      return hasBody(job.rule.spec) ? { kind: "target" } : null;
    },
    trace(job, made) {
      const recipe = recipeOf(job);
      return {
        path: job.outputs[0]!.path,
        rule: job.rule.name,
        inputs: inputDigest(job),
        set: pathDigest(job),
        params: recipe.params.id,
        code: recipe.code.id,
        outputs: job.outputs.map((output) => print(output) ?? gone),
        ...made,
      };
    },
    seen: prints.seen,
    asMade: (job) =>
      job.outputs.every((output) => {
        const [now, before] = [prints.seen(output), prints.known(output)];
        return now !== undefined && before !== undefined && contentId(now) === contentId(before);
      }),
    reading(job) {
      const note = (file: PlannedFile) => file.maker === null && !job.ancient.has(file) && print(file);
      job.inputs.forEach(note);
      for (const gather of job.gathers) {
        // Jobs share it: once is enough.
        if (!readGathers.has(gather)) gather.files.forEach(note);
        readGathers.add(gather);
      }
    },
    look: (job) => void prints.missing(job, traceOf(job)),
    absent: prints.absent,
    need: prints.need,
    recordSources: prints.recordSources,
  };
}

function pathDigest(job: PlannedJob): string {
  const digest = setDigest();
  for (const input of inputsOf(job)) digest.add(input.path);
  return digest.toString();
}

/** A reason in words. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case "missing output":
      return `missing output ${reason.path}${reason.instead === undefined ? "" : `: ${reason.instead} stands there`}`;
    case "newer input":
      return `newer input ${reason.path} (no record of how the output was made)`;
    case "changed input":
      return reason.path === undefined ? "changed input" : `changed input ${reason.path}`;
    case "upstream":
      return `${reason.job.outputs[0]?.path ?? reason.job.rule.name} will be made first`;
    case "interrupted":
      return "interrupted last time";
    case "target":
      return "asked for, and has no outputs";
    default:
      return reason.kind;
  }
}
