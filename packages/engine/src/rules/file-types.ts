/** The types of a rule's files: the shapes that they may have, and the wildcards that the compiler finds in their paths. */
import type { Expanded } from "../patterns/expand.ts";
import type { WildcardName } from "../patterns/pattern.ts";
import type { Marked } from "./marks.ts";

export type File = string | Marked | Expanded;
/** One file, a list, or a record of them. */
export type Files = File | readonly File[] | { readonly [name: string]: File | readonly File[] };

/** Inputs that are known only when other files are made; see `after`. */
export interface After<Given extends Files = Files> {
  readonly kind: "after";
  readonly files: Files;
  readonly next: (made: never) => Given;
}

/** The shape of `F` with every pattern replaced by its path, every expansion by its paths. */
export type Paths<F> = F extends string | Marked
  ? string
  : F extends Expanded
    ? readonly string[]
    : F extends After<infer Given>
      ? Paths<Given>
      : F extends (...of: never) => infer Given
        ? Paths<Given>
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
export type BoundBy<Known, F> = F extends string | Marked | Expanded
  ? F & Unbound<Known, WildcardsIn<F>>
  : F extends After | ((...of: never) => unknown)
    ? F
    : { [K in keyof F]: BoundBy<Known, F[K]> };

type TextOf<F> = F extends Marked<infer P> ? P : F;

/** `F` where each pattern is a literal with all of the wildcards `All`; elsewhere, the error to show. */
export type Using<All, F> = F extends string | Marked
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
