/** What is said of a file beside its path: marks wrap a pattern, and nest: `temp(directory("x_{a}"))`. */
import { cannot } from "../errors.ts";
import type { Expanded } from "../patterns/expand.ts";
import type { WildcardName } from "../patterns/pattern.ts";

/** What the content of an output must be; checked before it is put in place. */
export interface Ensured {
  /** It has at least one byte, or as a folder at least one file. */
  readonly nonEmpty?: boolean;
  /** Hexadecimal. */
  readonly sha256?: string;
}

/** What a report says of an output; `{site}` stands for the value of a wildcard. */
export interface Shown {
  /** A sentence that says what the file shows, with units. */
  readonly caption: string;
  /** Outputs of one category stand together, in the order in which the rules name them. */
  readonly category?: string;
}

export interface Marks {
  /** The output is a folder; it is put in place whole. */
  readonly directory?: boolean;
  /** The output is removed as soon as no job needs it any more. */
  readonly temp?: boolean;
  /** The output is made read-only, and no job may make it again. */
  readonly protect?: boolean;
  /** The engine makes the (empty) output itself when the body has succeeded. */
  readonly touch?: boolean;
  readonly ensure?: Ensured;
  /** The input must be there; a change of it makes nothing run again. */
  readonly ancient?: boolean;
  /** The output is shown in reports. */
  readonly report?: Shown;
}

/** A pattern with marks. */
export interface Marked<P extends string = string> {
  readonly kind: "marked";
  readonly pattern: P;
  readonly marks: Marks;
  /** The pattern, so that a marked file works in a template string. */
  toString(): P;
}

type PatternOf<F> = F extends Marked<infer P> ? P : F extends string ? F : never;

/** A file with one more mark; it keeps its earlier marks. */
export function marked(file: string | Marked, marks: Marks, more: object = {}): Marked {
  const before = typeof file === "string" ? { kind: "marked", pattern: file, marks: {} } : file;
  return Object.assign(Object.create(asPattern), before, { marks: { ...before.marks, ...marks } }, more);
}

const asPattern = {
  toString(this: Marked): string {
    return this.pattern;
  },
};

function mark<F extends string | Marked>(file: F, marks: Marks): Marked<PatternOf<F>> {
  return marked(file, marks) as Marked<PatternOf<F>>;
}

/** Declares that an output is a folder. */
export function directory<const F extends string | Marked>(file: F): Marked<PatternOf<F>> {
  return mark(file, { directory: true });
}

/** An output that is removed as soon as all jobs that need it are done; `--notemp` keeps it, and so does asking for it. */
export function temp<const F extends string | Marked>(file: F): Marked<PatternOf<F>> {
  return mark(file, { temp: true });
}

/** An output that is made read-only: a run that would have to make it again refuses to begin. */
export function protect<const F extends string | Marked>(file: F): Marked<PatternOf<F>> {
  return mark(file, { protect: true });
}

/** An output that the engine makes when the body has succeeded: an empty file that says so. */
export function touch<const F extends string | Marked>(file: F): Marked<PatternOf<F>> {
  return mark(file, { touch: true });
}

/** An output whose job fails where the content is not as promised. */
export function ensure<const F extends string | Marked>(file: F, promise: Ensured): Marked<PatternOf<F>> {
  return mark(file, { ensure: promise });
}

/** `Text` where it uses only the wildcards of `F`; elsewhere, the error to show. */
type Within<F, Text extends string> = [Exclude<WildcardName<Text>, WildcardName<PatternOf<F>>>] extends [
  never,
]
  ? Text
  : {
      error: `Wildcard {${Exclude<WildcardName<Text>, WildcardName<PatternOf<F>>>}} is not in the output path`;
    };

/**
 * An output that `--report` shows, with a caption and under a category: `report("map_{site}.svg", { caption: "Gain at
 * {site}" })`. What is said of it makes nothing run again.
 */
export function report<
  const F extends string | Marked,
  const Caption extends string,
  const Category extends string = never,
>(
  file: F,
  words: { readonly caption: Within<F, Caption>; readonly category?: Within<F, Category> },
): Marked<PatternOf<F>> {
  return mark(file, { report: words as Shown });
}

/** An input that must be there, but whose changes make nothing run again. */
export function ancient<const F extends Expanded>(file: F): F;
export function ancient<const F extends string | Marked>(file: F): Marked<PatternOf<F>>;
export function ancient(file: string | Marked | Expanded): Marked | Expanded {
  if (typeof file === "object" && file.kind === "expanded") return { ...file, ancient: true };
  return mark(file, { ancient: true });
}

/** `"a_{x}"` with each of the endings: `multiext("a_{x}", ".bam", ".bai")`. */
export function multiext<const P extends string, const E extends readonly string[]>(
  stem: P,
  ...endings: E
): { readonly [K in keyof E]: `${P}${E[K]}` } {
  if (typeof stem !== "string")
    throw cannot("add endings to", String(stem), "it is not a string", {
      hint: "Mark each of the files instead: multiext(...).map((file) => temp(file)).",
    });
  const odd = endings.find((ending) => /[\\/]/.test(ending));
  if (odd !== undefined)
    throw cannot("add endings to", stem, `"${odd}" has a path separator`, {
      hint: "An ending cannot lead to another folder: list files in other folders one by one.",
    });
  return endings.map((ending) => stem + ending) as unknown as { readonly [K in keyof E]: `${P}${E[K]}` };
}
