/**
 * Rules: how to make output paths from input paths.
 *
 * The wildcards of a rule are those of its outputs. The compiler checks that all outputs agree on them
 * and that no input asks for another one; `workflow()` checks the same at run time.
 */
import type { Expanded } from "./expand.ts";
import type { Constraints, WildcardName, Wildcards } from "./pattern.ts";

/** What an output promises beyond being a file. */
export interface Marks {
  /** The output is a folder; it is put in place whole. */
  readonly directory?: boolean;
}

/** A pattern with marks: `directory("model_{seed}")`. */
export interface Marked<P extends string = string> {
  readonly kind: "marked";
  readonly pattern: P;
  readonly marks: Marks;
}

/** Declares that an output is a folder. */
export function directory<const P extends string>(pattern: P): Marked<P> {
  return { kind: "marked", pattern, marks: { directory: true } };
}

/** A value in `params` whose change does not make jobs run again: where to run, how loudly. */
export interface Untracked<T = unknown> {
  readonly kind: "untracked";
  readonly value: T;
}

export function untracked<const T>(value: T): Untracked<T> {
  return { kind: "untracked", value };
}

export type File = string | Marked | Expanded;
/** One file, a list, or a record of them. */
export type Files = File | readonly File[] | { readonly [name: string]: File | readonly File[] };

/** The shape of `F` with every pattern replaced by its path, every expansion by its paths. */
export type Paths<F> = F extends string | Marked
  ? string
  : F extends Expanded
    ? readonly string[]
    : { readonly [K in keyof F]: Paths<F[K]> };

/** Every wildcard of every pattern in `F`. */
export type WildcardsIn<F> = F extends string
  ? WildcardName<F>
  : F extends Marked<infer P>
    ? WildcardName<P>
    : F extends Expanded<infer Open>
      ? Open
      : F extends readonly unknown[]
        ? WildcardsIn<F[number]>
        : { [K in keyof F]: WildcardsIn<F[K]> }[keyof F];

type Unbound<Known, Name> = [Exclude<Name, Known>] extends [never]
  ? unknown
  : { error: `Wildcard {${Exclude<Name, Known> & string}} is not in the output path` };

/** `F` where each pattern uses only the wildcards `Known`; elsewhere, the error to show. */
type BoundBy<Known, F> = F extends string | Marked | Expanded
  ? F & Unbound<Known, WildcardsIn<F>>
  : { [K in keyof F]: BoundBy<Known, F[K]> };

type TextOf<F> = F extends Marked<infer P> ? P : F;

/** `F` where each pattern is a literal with all of the wildcards `All`; elsewhere, the error to show. */
type Using<All, F> = F extends string | Marked
  ? string extends TextOf<F>
    ? { error: "Output path is not a literal: its wildcards are lost" }
    : [Exclude<All, WildcardsIn<F>>] extends [never]
      ? F
      : {
          error: `Output path lacks the wildcard {${Exclude<All, WildcardsIn<F>> & string}} of another output`;
        }
  : F extends Expanded
    ? { error: "Outputs cannot be expanded: one job makes one set of outputs" }
    : { [K in keyof F]: Using<All, F[K]> };

export type Params<P> = { readonly [K in keyof P]: P[K] extends Untracked<infer T> ? T : P[K] };

/** How much of each countable thing a call books while it runs: `{ threads: 2, gpu: 1 }`. */
export type Resources = Readonly<Record<string, number>>;

/** What a body gets; everything it uses comes through here. */
export interface Job<I = Files, O = Files, P = Record<string, unknown>> {
  readonly input: Paths<I>;
  readonly output: Paths<O>;
  readonly wildcards: Wildcards<WildcardsIn<O>>;
  readonly params: Params<P>;
  readonly resources: Resources;
  /** Appends a line to the log of this job. */
  log(text: string): void;
}

/** A job of a batch: the body says of each how it ended, as soon as it knows. */
export interface BatchJob<I = Files, O = Files, P = Record<string, unknown>> extends Job<I, O, P> {
  done(): void;
  fail(error: unknown): void;
}

/** The jobs of one call. */
export interface Batch<J> extends ReadonlyArray<J> {
  /** True once the run was asked to end: a body may return early, what is not done is simply not done. */
  readonly stopping: boolean;
}

type Body<I, O, P> =
  | { run?: (job: Job<I, O, P>) => void | Promise<void>; runBatch?: never }
  | { runBatch: (batch: Batch<BatchJob<I, O, P>>) => void | Promise<void>; run?: never };

export interface RuleOptions {
  /** At most so many jobs a call; the body is called once for all of them (`runBatch`) or in turn (`run`). */
  readonly batch?: number;
  /** What a call books; `threads` counts against `--jobs` (default 1), all others against `--resources`. */
  readonly resources?: Resources;
  /** Regular expressions of wildcards, by name. */
  readonly constraints?: Constraints;
  /** Run in the engine's own process instead of a worker thread. */
  readonly localRule?: boolean;
  /** Modules (URLs) whose code counts as part of the body. */
  readonly code?: readonly (string | URL)[];
  /** How many times a failed job is tried again, alone. */
  readonly retries?: number;
  /** Seconds one job may take. */
  readonly timeout?: number;
  /** Ready jobs of a higher priority start first; default 0. */
  readonly priority?: number;
}

export interface Rule<I = Files, O = Files, P = Record<string, unknown>> extends RuleOptions {
  readonly input: I;
  readonly output: O;
  readonly params: P;
  readonly run?: (job: Job<I, O, P>) => void | Promise<void>;
  readonly runBatch?: (batch: Batch<BatchJob<I, O, P>>) => void | Promise<void>;
}

/** Declares a rule; its wildcards are those of `output`. */
export function rule<
  const I extends Files = readonly [],
  const O extends Files = readonly [],
  const P extends Record<string, unknown> = Record<never, never>,
>(
  spec: {
    input?: I & BoundBy<WildcardsIn<O>, I>;
    output?: O & Using<WildcardsIn<O>, O>;
    params?: P;
  } & RuleOptions &
    Body<I, O, P>,
): Rule<I, O, P> {
  return { input: [], output: [], params: {}, ...spec } as unknown as Rule<I, O, P>;
}

/** A rule whose shape no longer matters. */
export interface AnyRule extends RuleOptions {
  readonly input: Files;
  readonly output: Files;
  readonly params: object;
  // biome-ignore lint/suspicious/noExplicitAny: a body accepts only its own rule's shape, which is erased here
  readonly run?: (job: any) => void | Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly runBatch?: (batch: any) => void | Promise<void>;
}

/** Rules by name; the first one is the default target. */
export type Rules = Readonly<Record<string, AnyRule>>;
