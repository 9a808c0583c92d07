/**
 * The jobs of a random workflow as the model sees them: which places they read, which files they make, and what is
 * in these files. Nothing here is the engine's: it plans, compares and decides by itself.
 */
import type { Case, RuleShape } from "./cases.ts";

/** What edits change of a workflow, by the number of the rule. */
export interface Variant {
  readonly params: number[];
  readonly codes: number[];
  /** Of what does not count. */
  readonly noise: number[];
  readonly swappedInputs: boolean[];
  readonly swappedOutputs: boolean[];
  readonly swappedWildcards: boolean[];
  readonly gathered: (readonly string[])[];
}

export const firstVariant = (): Variant => ({
  params: [],
  codes: [],
  noise: [],
  swappedInputs: [],
  swappedOutputs: [],
  swappedWildcards: [],
  gathered: [],
});

/** A file that may be asked for: one path, or one for each value of the wildcard x. */
export interface FileRef {
  readonly path: string;
  readonly wild: boolean;
  /** An output folder; instead of it, the file in it may be asked for that its job always makes. */
  readonly folder?: boolean;
  readonly inFolder?: boolean;
}

/** The file that every job makes in each of its folders. */
export const innerName = "one";

/** The path of a file, for a value of the wildcard. */
export function refPath({ path, wild, inFolder }: FileRef, x = ""): string {
  return `${path}${wild ? `_${x}` : ""}${inFolder === true ? `/${innerName}` : ""}`;
}

/** The file, or where it is a folder and `inFolder` is set, the file in it. */
function refIn(file: FileRef, inFolder: boolean | undefined): FileRef {
  return file.folder === true && inFolder === true ? { ...file, inFolder } : file;
}

export interface Entry {
  readonly file: FileRef;
  readonly gather: boolean;
  readonly ancient: boolean;
}

export interface Place {
  /** Where the body finds it: `.0`, `.b`, `.b.1`. */
  readonly label: string;
  readonly path: string;
  readonly ancient: boolean;
}

export interface Output {
  readonly label: string;
  readonly path: string;
  readonly folder: boolean;
  readonly mark: RuleShape["outputs"][number]["mark"];
}

export interface Rule {
  readonly number: number;
  readonly name: string;
  readonly shape: RuleShape;
  readonly entries: readonly Entry[];
  readonly named: boolean;
  readonly asks: {
    readonly first: FileRef;
    readonly ancient: boolean;
    readonly candidates: readonly FileRef[];
  } | null;
  readonly wildcards: readonly string[];
  readonly hasBody: boolean;
  /** Its params are read from its first input that is not ancient. */
  readonly reads: boolean;
}

export interface ModelJob {
  /** Its first output in the order of the paths, or the name of its rule. */
  readonly id: string;
  /** As the engine calls it. */
  readonly name: string;
  readonly rule: Rule;
  readonly values: readonly string[];
  readonly outputs: readonly Output[];
}

export interface Workflow {
  readonly rules: readonly Rule[];
  readonly jobs: readonly ModelJob[];
  readonly byId: ReadonlyMap<string, ModelJob>;
  readonly makers: ReadonlyMap<string, ModelJob>;
  readonly variant: Variant;
}

/** The folders `d` and `e` are sources themselves. */
export const sourceFiles: Readonly<Record<string, string>> = {
  s0: "0",
  s1: "1",
  s2: "2",
  "d/f": "f",
  "d/sub/g": "g",
  "own/f": "o",
};
export const emptyFolder = "e";
const refTo = (path: string): FileRef => ({ path, wild: false });
const plainSources = ["s0", "s1", "s2"].map(refTo);
const folderSources = ["d", emptyFolder].map(refTo);

/** Of the wildcard x. */
export const values = ["a", "b"];
/** With c, of which only growth asks. */
export const allValues = ["a", "b", "c"];
const pairs = [
  ["a", "b"],
  ["b", "a"],
] as const;
export const letters = "abcdefghijkl";

export const pick = <T>(from: readonly T[], which: number): T => from[which % from.length]!;

/** The rules `all`, `r0`, `r1` ... and their jobs. */
export function modelOf(given: Case, variant: Variant): Workflow {
  const files: FileRef[] = [...plainSources, ...plainSources, ...(given.folderSources ? folderSources : [])];
  const ends: FileRef[] = [];
  const rules: Rule[] = [];
  let inside = false;
  given.rules.forEach((shape, number) => {
    const { kind } = shape;
    const own = shape.inside && !inside && kind === "plain" && shape.asks === null;
    inside ||= own;
    const entries = shape.inputs.flatMap((slot): Entry[] => {
      const file = refIn(pick(files, slot.file), slot.inFolder);
      const one = { file, gather: slot.gather };
      if (slot.place === "both" && given.plainAndAncient)
        return [
          { ...one, ancient: false },
          { ...one, ancient: true },
        ];
      return [{ ...one, ancient: slot.place === "ancient" }];
    });
    if (own) entries.unshift({ file: { path: "own", wild: false }, gather: false, ancient: false });
    if (variant.swappedInputs[number]) entries.reverse();
    const first = shape.asks && pick(files, shape.asks.first);
    const plain = new Set(entries.flatMap(({ file, ancient }) => (ancient ? [] : [refPath(file)])));
    for (const which of shape.asks?.candidates ?? [])
      plain.add(refPath(refIn(pick(files, which), shape.asks?.inFolder)));
    if (shape.asks?.ancient === false) plain.add(first!.path);
    if (!given.plainAndAncient)
      entries.forEach((entry, i) => {
        if (plain.has(refPath(entry.file))) entries[i] = { ...entry, ancient: false };
      });
    const asks = shape.asks && {
      first: first!,
      ancient: shape.asks.ancient && (given.plainAndAncient || !plain.has(first!.path)),
      candidates: shape.asks.candidates.map((which) => refIn(pick(files, which), shape.asks?.inFolder)),
    };
    const pair = variant.swappedWildcards[number] ? ["y", "x"] : ["x", "y"];
    const rule: Rule = {
      number,
      name: `r${number}`,
      shape: own
        ? { ...shape, outputs: shape.outputs.slice(0, 1), inside: true }
        : { ...shape, inside: false },
      entries,
      named: shape.named && asks === null,
      asks,
      wildcards: kind === "wildcard" ? ["x"] : kind === "pair" ? pair : [],
      hasBody: kind !== "no body",
      reads: shape.params === "reads",
    };
    rules.push(rule);
    if (kind === "no body" || kind === "no output") return;
    rule.shape.outputs.forEach((_, i) => {
      const path = basePath(rule, i);
      const folder = isFolder(rule.shape.outputs[i]!);
      const made: FileRef[] =
        kind === "pair"
          ? pairs.map((pair) => ({ path: `${path}_${pair.join("_")}`, wild: false, folder }))
          : [{ path, wild: kind === "wildcard", folder }];
      files.push(...made);
      if (given.temporaryEnds || rule.shape.outputs[i]!.mark !== "temp") ends.push(...made);
    });
  });
  const wanted = given.ends.map((which) => pick(ends.length === 0 ? plainSources : ends.toReversed(), which));
  const all: Rule = {
    number: -1,
    name: "all",
    shape: allShape,
    entries: wanted.map((file) => ({ file, gather: true, ancient: false })),
    named: false,
    asks: null,
    wildcards: [],
    hasBody: false,
    reads: false,
  };
  const everyRule = [all, ...rules];
  const jobs = everyRule.flatMap((rule) => jobsOf(rule, variant));
  return {
    rules: everyRule,
    jobs,
    byId: new Map(jobs.map((job) => [job.id, job])),
    makers: new Map(
      jobs.flatMap((job) => job.outputs.flatMap(madePaths).map((path) => [path, job] as const)),
    ),
    variant,
  };
}

const isFolder = ({ folder, mark }: RuleShape["outputs"][number]) => folder && mark !== "touch";

/** An output, and the file in it that others may ask for. */
export function madePaths({ path, folder }: Output): string[] {
  return folder ? [path, `${path}/${innerName}`] : [path];
}

const allShape: RuleShape = {
  kind: "no body",
  inputs: [],
  named: false,
  asks: null,
  byFunction: false,
  outputs: [],
  inside: false,
  writes: "all",
  fragile: false,
  params: "data",
  triggers: null,
};

/** The path of an output without the values of the wildcards. */
export function basePath({ number, shape }: Pick<Rule, "number" | "shape">, output: number): string {
  return shape.inside ? `own/out_${output}` : `o/${number}/${output}`;
}

/** The outputs in the order in which the rule declares them. */
export function declaredOutputs(
  rule: Rule,
  variant: Variant,
): { readonly label: string; readonly index: number }[] {
  const { shape, number } = rule;
  if (shape.kind === "no body" || shape.kind === "no output") return [];
  const indexes = shape.outputs.map((_, i) => i);
  if (variant.swappedOutputs[number]) indexes.reverse();
  return indexes.map((index, i) => ({ label: shape.named ? `.${letters[i]}` : `.${i}`, index }));
}

function jobsOf(rule: Rule, variant: Variant): ModelJob[] {
  const { kind } = rule.shape;
  const all: (readonly string[])[] =
    kind === "wildcard" ? allValues.map((x) => [x]) : kind === "pair" ? pairs.map((pair) => [...pair]) : [[]];
  return all.map((values) => {
    const end = values.map((value) => `_${value}`).join("");
    const outputs = declaredOutputs(rule, variant).map(({ label, index }): Output => {
      const shape = rule.shape.outputs[index]!;
      return { label, path: basePath(rule, index) + end, folder: isFolder(shape), mark: shape.mark };
    });
    const named = rule.wildcards.map((name, i) => `${name}=${values[i]}`).join(", ");
    return {
      id: outputs.length === 0 ? rule.name : basePath(rule, 0) + end,
      name: named === "" ? rule.name : `${rule.name} (${named})`,
      rule,
      values,
      outputs,
    };
  });
}
