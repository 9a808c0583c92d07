/**
 * Mutants that behave like the original in everything that a user or a caller can see, so that no test can notice them.
 * `original` and `replacement` are as the list of survivors prints them.
 */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  readonly replacement: string;
  readonly reason: string;
}

const engine = "packages/engine/src";

export const equivalents: readonly Equivalent[] = [
  {
    file: `${engine}/patterns/pattern.ts`,
    original: "names.length === 0",
    replacement: "false",
    reason: "a faster way for patterns without wildcards: the general one gives the same",
  },
  {
    file: `${engine}/journal/lines.ts`,
    original: "true",
    replacement: "false",
    reason: "the shape of a field is known by the type of its example, whatever its value",
  },
  {
    file: `${engine}/journal/lines.ts`,
    original: '""',
    replacement: '"Stryker was here!"',
    reason: "the shape of a field is known by the type of its example, whatever its value",
  },
  {
    file: `${engine}/journal/trace-rows.ts`,
    original: "Object.keys(rest).length === 0",
    replacement: "false",
    reason: 'saves memory: "{}" is read as "" is',
  },
  {
    file: `${engine}/plan/recipe.ts`,
    original: "known === undefined",
    replacement: "true",
    reason: "a cache: what it holds would be found again",
  },
  {
    file: `${engine}/staleness/answers.ts`,
    original: "plan.extras.size === 0",
    replacement: "false",
    reason: "a faster way for plans without extra inputs: the general one finds none",
  },
];
