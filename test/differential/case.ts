/**
 * Random workflows and edits, from a seed: chains, fan-out, gathers (whole and by one wildcard), several outputs
 * and wildcards, sources that many jobs share. Plain data, from which both engines' workflows are written.
 */

/** A rule whose outputs hold the wildcards `over`; inputs name rules before it, or sources. */
export interface CaseRule {
  readonly name: string;
  readonly over: readonly Wildcard[];
  readonly outputs: readonly string[];
  readonly inputs: readonly CaseInput[];
}

export type Wildcard = "a" | "b";

/** A pattern; the wildcards in `gathered` are expanded over all their values. */
export interface CaseInput {
  readonly pattern: string;
  readonly gathered: readonly Wildcard[];
}

/** What stands in a workflow besides its rules; edits change it. */
export interface Settings {
  readonly values: Readonly<Record<Wildcard, readonly string[]>>;
  /** The one param of each rule. */
  readonly params: Readonly<Record<string, number>>;
}

/** One thing that a person does between two runs. Files are drawn when the edit is made, among those that stand. */
export type Edit =
  | {
      readonly kind: "touch" | "change" | "delete";
      readonly what: "source" | "output";
      readonly draw: number;
    }
  | { readonly kind: "param"; readonly rule: string }
  | { readonly kind: "grow" | "shrink"; readonly wildcard: Wildcard };

export interface Case {
  readonly seed: number;
  readonly rules: readonly CaseRule[];
  readonly settings: Settings;
  /** Edits made before each run after the first. */
  readonly rounds: readonly (readonly Edit[])[];
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws a case. */
export function drawCase(seed: number): Case {
  const random = randomFrom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const some = <T>(list: readonly T[], share: number) => list.filter(() => random() < share);
  const wildcards: readonly Wildcard[] = ["a", "b"];
  const values = {
    a: ["a1", "a2", "a3"].slice(0, 1 + below(3)),
    b: ["1", "20"].slice(0, 1 + below(2)),
  };

  /** What can be an input: patterns with their wildcards. */
  const known: { pattern: string; over: readonly Wildcard[] }[] = [
    { pattern: "src/common.txt", over: [] },
    { pattern: "src/{a}.txt", over: ["a"] },
  ];
  const rules = Array.from({ length: 2 + below(5) }, (_, i): CaseRule => {
    const name = `r${i}`;
    const over = some(wildcards, 0.6);
    const stem = `${name}/${["out", ...over.map((one) => `{${one}}`)].join("_")}`;
    const outputs = [".x", ".y"].slice(0, random() < 0.25 ? 2 : 1).map((end) => stem + end);
    // The newest first: chains are what dependencies are about.
    const chosen = new Set([random() < 0.7 ? known[known.length - 1]! : pick(known), ...some(known, 0.2)]);
    const inputs = [...chosen].map(({ pattern, over: theirs }) => ({
      pattern,
      gathered: theirs.filter((one) => !over.includes(one)),
    }));
    known.push(...outputs.map((pattern) => ({ pattern, over })));
    return { name, over, outputs, inputs };
  });
  const settings = { values, params: Object.fromEntries(rules.map(({ name }) => [name, 0])) };
  const rounds = Array.from({ length: 3 }, () =>
    Array.from({ length: 1 + below(3) }, (): Edit => {
      const draw = random();
      switch (below(8)) {
        case 0:
          return { kind: "touch", what: "source", draw };
        case 1:
        case 2:
          return { kind: "change", what: "source", draw };
        case 3:
          return { kind: "touch", what: "output", draw };
        case 4:
        case 5:
          return { kind: "delete", what: "output", draw };
        case 6:
          return { kind: "param", rule: pick(rules).name };
        default:
          return { kind: random() < 0.6 ? "grow" : "shrink", wildcard: pick(wildcards) };
      }
    }),
  );
  return { seed, rules, settings, rounds };
}

/** Every way to give values to some wildcards. */
export function combinations(over: readonly Wildcard[], { values }: Settings): Record<string, string>[] {
  return over.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap((one) => values[name].map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

/** A pattern with its wildcards filled. */
export function filled(pattern: string, wildcards: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => wildcards[name] ?? `{${name}}`);
}

/** The patterns that the default target asks for: outputs that no rule takes. */
export function sinks({ rules }: Case): { pattern: string; over: readonly Wildcard[] }[] {
  const taken = new Set(rules.flatMap((rule) => rule.inputs.map((input) => input.pattern)));
  return rules.flatMap(({ outputs, over }) =>
    outputs.filter((pattern) => !taken.has(pattern)).map((pattern) => ({ pattern, over })),
  );
}

/** How a job is named when the two engines' jobs are compared. */
export function jobName(rule: string, wildcards: Readonly<Record<string, string>>): string {
  const values = Object.keys(wildcards)
    .sort()
    .map((name) => `${name}=${wildcards[name]}`);
  return `${rule}(${values.join(",")})`;
}
