/**
 * The mutants of a set of files: Stryker's mutators, and one more that removes statements. The same seed chooses the
 * same mutants, and a larger sample contains the smaller one.
 *
 * Stryker has no kind of plugin for mutators, and chooses mutants only by file or line. So this module changes the list
 * of mutators inside the pinned `@stryker-mutator/instrumenter`.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Location } from "@stryker-mutator/api/core";
import type { Logger } from "@stryker-mutator/api/logging";
import { Instrumenter } from "@stryker-mutator/instrumenter";

/** One change of one file. Lines count from 1, columns from 0. */
export interface Mutant {
  /** Names the mutant in records: a hash of the whole file, and `place`. */
  readonly key: string;
  /** See `placeOf`. */
  readonly place: string;
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

/** The part of Babel's `NodePath` and of Stryker's mutators that is used here. Babel counts lines from 1. */
interface Node {
  readonly type: string;
  readonly loc?: Location | null;
  readonly expression?: Node;
  readonly argument?: Node | null;
  readonly callee?: Node;
  readonly body?: readonly Node[];
}
interface Path {
  readonly node: Node;
  readonly parent: Node;
  readonly hub?: { readonly file: { readonly opts: { readonly filename: string } } };
}
interface Mutator {
  readonly name: string;
  mutate(path: Path, context: unknown): Iterable<Node>;
}

/**
 * Removes calls and assignments that stand alone (`unlock();`), and the values of returns (`return;`). Stryker itself
 * removes only a call in which nothing else can change.
 */
const statementRemoval: Mutator = {
  name: "StatementRemoval",
  *mutate({ node, parent }) {
    // Stryker empties whole blocks: the same mutant, where the block has one statement.
    if (parent.type === "BlockStatement" && parent.body?.length === 1) return;
    // `return null` and `return` mean the same to nearly every caller.
    if (node.type === "ReturnStatement" && node.argument && node.argument.type !== "NullLiteral")
      yield { type: "ReturnStatement", argument: null };
    if (node.type !== "ExpressionStatement") return;
    const expression: Node = /^(Await|Unary)Expression$/.test(node.expression!.type)
      ? node.expression!.argument!
      : node.expression!;
    const isSuper = expression.callee?.type === "Super";
    if (!isSuper && /^(Optional)?Call|^Assignment/.test(expression.type)) yield { type: "EmptyStatement" };
  },
};

/** Logs nothing: every method does nothing, and every level is off. */
const quiet = new Proxy({} as Logger, { get: () => () => false });

/** Stryker's list of mutators, with `statementRemoval` in it. */
async function mutatorList(): Promise<Mutator[]> {
  const folder = dirname(fileURLToPath(import.meta.resolve("@stryker-mutator/instrumenter")));
  const file = join(folder, "mutators/mutate.js");
  const { allMutators } = (await import(pathToFileURL(file).href)) as { allMutators?: Mutator[] };
  if (!Array.isArray(allMutators))
    throw new Error(`Cannot choose mutants: "${file}" has no list of mutators.`);
  allMutators.push(statementRemoval);
  return allMutators;
}

/** The list that Stryker reads at each file: a change of it takes effect at once. */
const mutators = await mutatorList();

/** Names a mutant by its place, lines and columns counted from 0, and what replaces the text there. */
export function placeOf(
  file: string,
  { start, end }: Location,
  mutator: string,
  replacement: string,
): string {
  const what = hash(replacement, 8);
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column}:${mutator}:${what}`;
}

function hash(text: string, digits: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, digits);
}

/** The text of a file between two positions, lines counted from 0. */
function textAt(source: string, { start, end }: Location): string {
  const lines = source.split("\n").slice(start.line, end.line + 1);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column);
  lines[0] = lines[0]!.slice(start.column);
  return lines.join("\n");
}

/** Lists all mutants of files, which are paths from `root`, in the order of the files and of their text. */
export async function listMutants(root: string, files: readonly string[]): Promise<Mutant[]> {
  const sources = new Map(files.map((file) => [join(root, file), readFileSync(join(root, file), "utf8")]));
  const { mutants } = await new Instrumenter(quiet).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return mutants.map(({ fileName, location, mutatorName, replacement }) => {
    const source = sources.get(fileName)!;
    const file = relative(root, fileName).replaceAll("\\", "/");
    const place = placeOf(file, location, mutatorName, replacement);
    return {
      key: `${hash(source, 12)} ${place}`,
      place,
      file,
      line: location.start.line + 1,
      mutator: mutatorName,
      original: textAt(source, location),
      replacement,
    };
  });
}

/** Draws `count` mutants without replacement: those with the smallest hashes of seed and key. */
export function sample<T extends { readonly key: string }>(
  all: readonly T[],
  count: number,
  seed: string,
): T[] {
  const rank = (key: string) => createHash("sha256").update(`${seed}\n${key}`).digest("hex");
  return all
    .map((mutant) => ({ mutant, rank: rank(mutant.key) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/**
 * Lets Stryker make only the mutants of `keys` in files below `root`, while `work` runs. Mutators yield in a fixed
 * order, so the n-th mutant of a mutator at a place is the same one in `listMutants` and in the run.
 */
export async function withOnly<T>(
  root: string,
  all: readonly Mutant[],
  keys: ReadonlySet<string>,
  work: () => Promise<T>,
): Promise<T> {
  const originals = [...mutators];
  const atPlace = Map.groupBy(all, ({ place }) => place.replace(/:\w+$/, ""));
  const restricted = originals.map((mutator) => ({
    ...mutator,
    *mutate(path: Path, context: unknown) {
      const { loc } = path.node;
      const name = path.hub?.file.opts.filename;
      if (name === undefined || !loc)
        throw new Error("Cannot choose mutants: Stryker does not name the place.");
      const file = relative(root, name).replaceAll("\\", "/");
      const place = `${loc.start.line - 1}:${loc.start.column}-${loc.end.line - 1}:${loc.end.column}`;
      let nth = 0;
      for (const replacement of mutator.mutate(path, context)) {
        const mutant = atPlace.get(`${file}:${place}:${mutator.name}`)?.[nth++];
        if (mutant !== undefined && keys.has(mutant.key)) yield replacement;
      }
    },
  }));
  mutators.splice(0, mutators.length, ...restricted);
  try {
    return await work();
  } finally {
    mutators.splice(0, mutators.length, ...originals);
  }
}
