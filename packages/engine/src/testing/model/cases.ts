/**
 * Random cases of the model test, as plain data: a workflow, and what happens to it step by step.
 *
 * All numbers are taken modulo what there is to choose from, so that every case means something and can be written
 * down as JSON.
 */
import fc from "fast-check";

const numbers = fc.nat(999);

const rarely = (of: number): fc.Arbitrary<boolean> =>
  fc.constantFrom(...Array.from({ length: of }, (_, i) => i === of - 1));

/** Most often null. */
const oneIn = <T>(of: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: of - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const slots = fc.record({
  file: numbers,
  /** All files of a rule with a wildcard, although the reader has one too. */
  gather: fc.boolean(),
  place: fc.constantFrom("plain", "plain", "plain", "plain", "ancient", "both"),
  /** Instead of an output folder, a file in it. */
  inFolder: fc.option(fc.boolean(), { nil: undefined }),
});

const outputs = fc.record({
  folder: rarely(5),
  mark: fc.constantFrom("none", "none", "none", "temp", "temp", "protect", "touch"),
});

const someTriggers = fc.constantFrom<readonly string[]>(
  ["mtime"],
  ["code", "params"],
  ["input"],
  ["params", "input", "output"],
);

const ruleShapes = fc.record({
  /** `pair` has two wildcards; `no body` only names its inputs; `no output` has a body all the same. */
  kind: fc.constantFrom(
    "plain",
    "plain",
    "plain",
    "plain",
    "wildcard",
    "wildcard",
    "pair",
    "no output",
    "no body",
  ),
  inputs: fc.array(slots, { maxLength: 3 }),
  named: fc.boolean(),
  /** After this file is made, its content says which of the candidates are needed too. */
  asks: oneIn(
    5,
    fc.record({
      first: numbers,
      ancient: rarely(8),
      candidates: fc.array(numbers, { minLength: 1, maxLength: 3 }),
      /** Files in folders among the candidates. */
      inFolder: fc.option(fc.boolean(), { nil: undefined }),
    }),
  ),
  /** A function gives its inputs. */
  byFunction: rarely(8),
  outputs: fc.array(outputs, { minLength: 1, maxLength: 2 }),
  /** Its first input is a folder in which its output lies. */
  inside: rarely(12),
  /** How much of what it read shows in what it writes. */
  writes: fc.constantFrom("all", "all", "parity", "constant"),
  /** Fails for some of the contents of its inputs. */
  fragile: rarely(8),
  params: fc.constantFrom("data", "data", "data", "function", "reads"),
  triggers: oneIn(8, someTriggers),
});
export type RuleShape = typeof ruleShapes extends fc.Arbitrary<infer T> ? T : never;

const edits = fc.record({
  kind: fc.constantFrom(
    "write",
    "write",
    "write",
    "same text",
    "touch",
    "delete source",
    "delete output",
    "delete output",
    "edit output",
    "touch output",
    "add to folder",
    "remove from folder",
    "add to output folder",
    "remove from output folder",
    "param",
    "code",
    "noise",
    "swap inputs",
    "swap outputs",
    "swap wildcards",
    "gather",
    "allow writing",
    "lose records",
    "lose saved plan",
    "lose index",
    "--touch",
  ),
  which: numbers,
  variant: fc.nat(2),
});
export type Edit = typeof edits extends fc.Arbitrary<infer T> ? T : never;

const questions = fc.record({
  target: oneIn(4, numbers),
  until: oneIn(10, numbers),
  omitFrom: oneIn(10, numbers),
  force: oneIn(8, fc.constantFrom("all", "targets", "rule")),
  forced: numbers,
  keepGoing: fc.boolean(),
  keepTemporary: rarely(8),
  triggers: oneIn(8, someTriggers),
  /** Jobs of this rule fail, whatever they read. */
  broken: oneIn(8, numbers),
  /** While the first job of a rule reads a source, somebody edits it. */
  during: oneIn(10, fc.record({ rule: numbers, early: fc.boolean(), revert: fc.boolean(), text: fc.nat(2) })),
});
export type Question = typeof questions extends fc.Arbitrary<infer T> ? T : never;

const steps = fc.record({
  edits: fc.array(edits, { maxLength: 3 }),
  question: questions,
  /** Asks again what the last step asked. */
  repeat: fc.constantFrom(true, true, false),
  /** Kills the engine at an operation that changes the disk, of which `torn` thousandths are done; then again. */
  kills: fc.array(fc.record({ at: fc.nat(70), torn: numbers }), { maxLength: 2 }),
  killed: rarely(3),
});
export type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

export const cases = fc.record({
  rules: fc.array(ruleShapes, { minLength: 1, maxLength: 12, size: "max" }),
  /** What the first rule, which only names it, asks for. */
  ends: fc.array(numbers, { minLength: 1, maxLength: 3 }),
  /** The first rule may ask for temporary files too. */
  temporaryEnds: fc.boolean(),
  /** A job may have the same file as a plain and as an ancient input. */
  plainAndAncient: fc.boolean(),
  /** Folders may be sources. */
  folderSources: fc.boolean(),
  /** Functions that say inputs keep plans from being saved: half of all cases have none. */
  functions: fc.boolean(),
  /** Folders that are mounts, by the number of their disk; one of number 0 only looks like the disk around it. */
  mounts: fc.constantFrom<Readonly<Record<string, number>>>(
    {},
    {},
    {},
    { o: 1 },
    { o: 0 },
    { ".braid": 1 },
    { o: 1, ".braid": 2 },
  ),
  steps: fc.array(steps, { minLength: 1, maxLength: 5, size: "max" }),
});
export type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** What a case can be asked to do without, to look past a fault that is known. */
const features = [
  "after",
  "ancient",
  "broken",
  "both",
  "code",
  "delete",
  "during",
  "edited",
  "extra",
  "folder",
  "folder-source",
  "force",
  "fragile",
  "functions",
  "gather-order",
  "in-folder",
  "inside",
  "kill",
  "lost",
  "marker",
  "missing-source",
  "mounts",
  "no-output",
  "notemp",
  "order",
  "params-read",
  "protect",
  "roles",
  "select",
  "target",
  "temp",
  "temp-ends",
  "--touch",
  "triggers",
] as const;
export type Feature = (typeof features)[number];

const editFeatures: Partial<Record<Edit["kind"], Feature>> = {
  "delete source": "missing-source",
  "delete output": "delete",
  "edit output": "edited",
  "add to output folder": "extra",
  code: "code",
  "swap inputs": "roles",
  "swap outputs": "roles",
  "swap wildcards": "roles",
  "lose records": "lost",
  "--touch": "--touch",
};

/** The same case without some features. */
export function without(given: Case, left: ReadonlySet<Feature>): Case {
  const has = (feature: Feature) => !left.has(feature);
  const markOf = (mark: RuleShape["outputs"][number]["mark"]) => {
    const feature = { none: null, temp: "temp", protect: "protect", touch: "marker" } as const;
    const one = feature[mark as keyof typeof feature];
    return one === null || has(one) ? mark : "none";
  };
  const placeOf = (place: RuleShape["inputs"][number]["place"]) => (has("ancient") ? place : "plain");
  const functions = given.functions && has("functions");
  const inFolder = (one: { readonly inFolder?: boolean | undefined }) =>
    has("in-folder") && one.inFolder === true;
  return {
    ...given,
    functions,
    mounts: has("mounts") ? given.mounts : {},
    temporaryEnds: given.temporaryEnds && has("temp-ends"),
    folderSources: given.folderSources && has("folder-source"),
    plainAndAncient: given.plainAndAncient && has("both"),
    rules: given.rules.map((rule) => ({
      ...rule,
      kind: !has("no-output") && rule.kind.startsWith("no ") ? "plain" : rule.kind,
      asks:
        rule.asks !== null && functions && has("after")
          ? { ...rule.asks, ancient: rule.asks.ancient && has("ancient"), inFolder: inFolder(rule.asks) }
          : null,
      byFunction: functions && rule.byFunction,
      inputs: rule.inputs.map((slot) => ({ ...slot, place: placeOf(slot.place), inFolder: inFolder(slot) })),
      outputs: rule.outputs.map(({ folder, mark }) => ({
        folder: folder && has("folder"),
        mark: markOf(mark),
      })),
      inside: rule.inside && has("inside"),
      fragile: rule.fragile && has("fragile"),
      params: has("params-read") || rule.params !== "reads" ? rule.params : "data",
      triggers: has("triggers") ? rule.triggers : null,
    })),
    steps: given.steps.map((step) => ({
      ...step,
      killed: step.killed && has("kill"),
      edits: step.edits.filter(({ kind, variant }) => {
        const feature = editFeatures[kind];
        if (kind === "gather" && variant === 2) return has("gather-order");
        return feature === undefined || has(feature);
      }),
      question: {
        ...step.question,
        ...(has("select") ? {} : { until: null, omitFrom: null }),
        ...(has("target") ? {} : { target: null }),
        ...(has("force") ? {} : { force: null }),
        ...(has("broken") ? {} : { broken: null }),
        ...(has("during") ? {} : { during: null }),
        ...(has("triggers") ? {} : { triggers: null }),
        keepTemporary: step.question.keepTemporary && has("notemp"),
      },
    })),
  };
}
