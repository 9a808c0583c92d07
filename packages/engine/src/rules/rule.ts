/**
 * Rules: how to make output paths from input paths.
 *
 * The wildcards of a rule are those of its outputs. The compiler checks that all outputs agree on them
 * and that no input asks for another one; `workflow()` checks the same at run time.
 */
import type { Constraints, Wildcards } from "../patterns/pattern.ts";
import type { After, BoundBy, Files, Paths, Using, WildcardsIn } from "./file-types.ts";
import { type Marked, marked } from "./marks.ts";
import type { QueueSettings } from "./queue-settings.ts";
import type { Attempt, Retries } from "./retries.ts";
import type { Trigger } from "./settings.ts";
import type { Demand, Resources } from "./units.ts";

export type { After, File, Files, Paths, WildcardsIn } from "./file-types.ts";
export type { Demand, Resources } from "./units.ts";

/** A value in `params` whose change does not make jobs run again: where to run, how loudly. */
export interface Untracked<T = unknown> {
  readonly kind: "untracked";
  readonly value: T;
}

export function untracked<const T>(value: T): Untracked<T> {
  return { kind: "untracked", value };
}

export function isUntracked(value: unknown): value is Untracked {
  return typeof value === "object" && value !== null && (value as Untracked).kind === "untracked";
}

/**
 * Inputs that depend on the content of other files: when `files` are made, `next` gets their paths and says
 * what the job needs. The plan then grows by what is new; the body gets what `next` gave.
 */
export function after<const F extends Files, const Given extends Files>(
  files: F,
  next: (made: Paths<F>) => Given,
): After<Given> {
  return { kind: "after", files, next };
}

/** A file that is made by this rule and no other, where several could make it. */
export function madeBy<const F extends string | Marked>(maker: AnyRule, file: F): Pinned<F> {
  return marked(file, {}, { maker }) as unknown as Pinned<F>;
}

/** A marked file with the rule that is to make it. */
export type Pinned<F extends string | Marked = string> = (F extends Marked ? F : Marked<F & string>) & {
  readonly maker: AnyRule;
};

export type Params<P> = { readonly [K in keyof P]: P[K] extends Untracked<infer T> ? T : P[K] };

/** What a body may use: the amounts that were booked, of `gpu` the numbers of the devices. */
export type Granted = Resources & { readonly gpu: readonly number[] };

/** What a body gets; everything it uses comes through here. */
export interface Job<I = Files, O = Files, P = Record<string, unknown>> {
  readonly input: Paths<I>;
  readonly output: Paths<O>;
  readonly wildcards: Wildcards<WildcardsIn<O>>;
  readonly params: Params<P>;
  readonly resources: Granted;
  /** 1 at first; one more each time the job is tried again. */
  readonly attempt: number;
  /** Appends a line to the log of this job. */
  log(text: string): void;
  /** A line for the log that the user is also shown while the job runs (on a cluster only in the log). */
  warn(text: string): void;
}

/** A job of a batch: the body says of each how it ended, as soon as it knows. */
export interface BatchJob<I = Files, O = Files, P = Record<string, unknown>> extends Job<I, O, P> {
  /**
   * Says that the work on this job begins. A body with a loop over the batch, which makes one job after the other, need
   * not call it. Jobs that run at the same time share that time. Without any call, all jobs of the batch share it.
   */
  begin(): void;
  done(): void;
  fail(error: unknown): void;
}

/** The jobs of one call. */
export interface Batch<J> extends ReadonlyArray<J> {
  /** True once the run was asked to end: a body may return early, what is not done is simply not done. */
  readonly stopping: boolean;
}

/** What the functions of a rule are told of a job. */
export interface JobQuestion<I = Files, O = Files> {
  readonly input: Paths<I>;
  readonly wildcards: Wildcards<WildcardsIn<O>>;
}

type Body<I, O, P> =
  | { run?: (job: Job<I, O, P>) => void | Promise<void>; runBatch?: never; shell?: never; script?: never }
  | {
      runBatch: (batch: Batch<BatchJob<I, O, P>>) => void | Promise<void>;
      run?: never;
      shell?: never;
      script?: never;
    }
  /** A bash command: `{input.x}`, `{output:q}`, `{params.x}`, `{wildcards.x}`, `{threads}`, `{resources.gpu}`, `{log}`, `{rule}`. */
  | { shell: string; run?: never; runBatch?: never; script?: never }
  /** A file of Python or R, or a notebook, by its URL or absolute path. It finds its job in `braid`: `braid.input`, in R `braid@input`. */
  | { script: string | URL; run?: never; runBatch?: never; shell?: never };

interface Common {
  /** At most so many jobs a call; the body is called once for all of them (`runBatch`) or in turn (`run`). */
  readonly batch?: number;
  /** Regular expressions of wildcards, by name. */
  readonly constraints?: Constraints;
  /**
   * Words before the command of a `shell` or `script` rule that start it elsewhere: `"uv run --project env"`,
   * `"apptainer exec image.sif"`. Another one makes jobs run again, unless it is `untracked`.
   */
  readonly prefix?: string | Untracked<string>;
  /**
   * The environment of the commands of a `shell` or `script` rule: the URL or absolute path of a `uv.lock`, `pixi.toml`,
   * `environment.yml` (conda) or `image.sif`, or an image, `"docker://python:3.12"`. The engine makes it before the first
   * job, and a change of it makes jobs run again.
   */
  readonly env?: string | URL;
  /** Run in the engine's own process instead of a worker thread: a body that does not wait holds it, for Ctrl-C too. */
  readonly localRule?: boolean;
  /** Modules (URLs) whose code counts as part of the body. */
  readonly code?: readonly (string | URL)[];
  /** How many times a failed job is tried again, alone; or by reason: `{ oom: 2, exit: { 75: 5 }, other: 0 }`. */
  readonly retries?: Retries;
  /**
   * Jobs of the rule may fail. The run then goes on and ends with exit code 0. Jobs that have a missing file as a
   * single input are left out; lists and gathers take the files that exist, and are made again when more jobs succeed.
   */
  readonly optional?: boolean;
  /** Seconds one job may take. */
  readonly timeout?: number;
  /**
   * What makes outputs of the rule out of date, beside missing ones: `mtime` (an input's content), `input` (which
   * inputs), `params`, `code`, `software-env` (the prefix or environment); default all. Of these, only those count that
   * `--rerun-triggers` names.
   */
  readonly triggers?: readonly Trigger[];
}

// A function of a method signature is compared loosely: what it asks for belongs to its own rule.
interface Functions<I, O> {
  /**
   * The resources that a call requests; `threads` counts against `--jobs` (default 1), `gpu` is handed out by numbers, all
   * others count against `--resources`. `mem: "4GB"` is `mem_mb: 4000`, `disk` likewise, `runtime: "4h"` is 240
   * minutes. A function may ask for more with each attempt, or after a failure for some reason.
   */
  resources?: Demand | ((job: JobQuestion<I, O> & Attempt) => Demand);
  /** On a cluster: the account, the partition, the nodes and other settings of the queue for this rule, or for a job. */
  queue?: QueueSettings | ((job: JobQuestion<I, O> & Attempt) => QueueSettings);
  /** Ready jobs of a higher priority start first; default 0. */
  priority?: number | ((job: { readonly wildcards: Wildcards<WildcardsIn<O>> }) => number);
}

export interface RuleOptions extends Common, Functions<never, never> {}

export interface Rule<I = Files, O = Files, P = Record<string, unknown>> extends Common, Functions<I, O> {
  readonly input: I;
  readonly output: O;
  readonly params: P | ((job: JobQuestion<I, O>) => P);
  readonly log?: string;
  readonly run?: (job: Job<I, O, P>) => void | Promise<void>;
  readonly runBatch?: (batch: Batch<BatchJob<I, O, P>>) => void | Promise<void>;
  readonly shell?: string;
  readonly script?: string | URL;
}

/** `F` as it was given; nothing where it was left out: then the compiler only knows that it is some files. */
type Given<F> = Files extends F ? readonly [] : F;

/** Declares a rule; its wildcards are those of `output`. */
export function rule<
  const I extends Files | After | ((wildcards: Wildcards<WildcardsIn<O>>) => Files | After),
  const O extends Files = readonly [],
  const P extends Record<string, unknown> = Record<never, never>,
  const L extends string = never,
>(
  spec: {
    /** Files, or a function of the wildcards that gives them; the paths that a function gives have no wildcards. */
    input?: I & BoundBy<WildcardsIn<O>, I>;
    output?: O & Using<WildcardsIn<O>, O>;
    /** What the body uses beside its files; a change makes jobs run again. */
    params?: P | ((job: JobQuestion<Given<I>, Given<O>>) => P);
    /** The file that gets what the job prints and logs; kept where the job fails. */
    log?: L & BoundBy<WildcardsIn<O>, L>;
  } & Common &
    Functions<Given<I>, Given<O>> &
    Body<Given<I>, Given<O>, P>,
): Rule<Given<I>, Given<O>, P> {
  return { input: [], output: [], params: {}, ...spec } as unknown as Rule<Given<I>, Given<O>, P>;
}

/** A rule whose shape no longer matters. */
export interface AnyRule extends Common {
  // biome-ignore-start lint/suspicious/noExplicitAny: functions accept only their own rule's shape, erased here
  readonly input: Files | After | ((wildcards: any) => Files | After);
  readonly output: Files;
  readonly params: object | ((job: any) => object);
  readonly resources?: Demand | ((job: any) => Demand);
  readonly queue?: QueueSettings | ((job: any) => QueueSettings);
  readonly priority?: number | ((job: any) => number);
  readonly log?: string;
  readonly run?: (job: any) => void | Promise<void>;
  readonly runBatch?: (batch: any) => void | Promise<void>;
  readonly shell?: string;
  readonly script?: string | URL;
  // biome-ignore-end lint/suspicious/noExplicitAny: end of the above
}

/** A copy of a rule for one run. `madeBy` may still name it by the rule that it was. */
export function variantOf(rule: AnyRule, changes: Partial<AnyRule>): AnyRule {
  const copy = { ...rule, ...changes };
  originals.set(copy, originalOf(rule));
  return copy;
}

/** The rule as the workflow declares it. */
export function originalOf(rule: AnyRule): AnyRule {
  return originals.get(rule) ?? rule;
}

const originals = new WeakMap<AnyRule, AnyRule>();

/** Rules by name; the first one is the default target. */
export type Rules = Readonly<Record<string, AnyRule>>;

/** True if jobs of the rule do something: a rule without a body only names what it needs. */
export function hasBody(rule: AnyRule): boolean {
  return rule.run !== undefined || rule.runBatch !== undefined || isProgram(rule);
}

/** True if the body is a process of its own: a command, a script. */
export function isProgram(rule: AnyRule): boolean {
  return rule.shell !== undefined || rule.script !== undefined;
}

/** The prefix as it is started. */
export function prefixOf({ prefix }: AnyRule): string | undefined {
  return typeof prefix === "object" ? prefix.value : prefix;
}
