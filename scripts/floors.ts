/**
 * Checks the imports of all workspace sources, type imports included: no cycle, none upwards (see floor-table.ts),
 * across packages only by name. Run by the tests; by hand: `node scripts/floors.ts`.
 * It reads the text, not a syntax tree: biome keeps import statements at the start of a line, in double quotes.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, matchesGlob } from "node:path/posix";
import { type Floors, type FloorTable, floorTable } from "./floor-table.ts";

/** Path from the repository's root -> text: the sources and each package's package.json. */
export type Tree = ReadonlyMap<string, string>;

interface Package {
  readonly folder: string;
  readonly name: string;
  /** Subpath ("." or "./cli") -> file, from package.json's `exports`. */
  readonly exports: Readonly<Record<string, string>>;
}

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Reads every workspace's TypeScript and package.json below `root`. */
export function readTree(root: string): Tree {
  const folders = "{packages/*,experiments/*,data,test,scripts}";
  const paths = globSync([`${folders}/**/*.{ts,mts}`, `${folders}/package.json`], {
    cwd: root,
    exclude: ["**/node_modules/**", "**/dist/**", "packages/*/pack/**"],
  });
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** Everything in `tree` that goes against `table`, one sentence each; empty when all is well. */
export function floorFaults(tree: Tree, table: FloorTable): string[] {
  const packages = packagesOf(tree);
  const home = (path: string): string =>
    packages.find(({ folder }) => path.startsWith(`${folder}/`))?.folder ?? path.split("/")[0]!;
  const imports: Import[] = [];
  const faults: string[] = [];

  for (const folder of new Set([...tree.keys()].map(home)))
    if (floorOf(table.packages, folder) === undefined)
      faults.push(`${folder} stands on no floor: add it to packages in scripts/floor-table.ts`);

  for (const [from, text] of tree) {
    if (from.endsWith(".json")) continue;
    const own = home(from);
    const floors = table.inside[own];
    const at = floors && floorOf(floors, inside(from, own));
    if (floors && at === undefined && !isTest(from))
      faults.push(`${from} stands on no floor: add it to inside["${own}"] in scripts/floor-table.ts`);
    for (const specifier of specifiers(text)) {
      const to = resolve(from, specifier, tree, packages);
      if (to === undefined) continue;
      const other = home(to);
      if (other !== own) {
        if (specifier.startsWith("."))
          faults.push(`${from} reaches into ${other} by a path: import the package by its name`);
        if (!isBelow(table.packages, other, own))
          faults.push(`${from} imports ${other}, which is not below ${own}`);
      } else if (floors && at !== undefined && !isTest(from)) {
        const target = floorOf(floors, inside(to, own));
        if (target !== undefined && target > at)
          faults.push(`${from} (floor ${at}) imports ${to} (floor ${target}), which is above it`);
      }
      if (isTest(to) && !isTest(from)) faults.push(`${from} imports the test ${to}`);
      imports.push({ from, to });
    }
  }
  return [...faults, ...cycles(imports).map((cycle) => `import cycle: ${cycle.join(" -> ")}`)];
}

/** The module names that `text` imports or exports from, in order: statements, `import("x")` and types of it. */
export function specifiers(text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  const statement = /^(?:import|export)\b(?:[^;"'`]*?\bfrom)?\s*"([^"\n]+)"|\bimport\(\s*"([^"\n]+)"/gm;
  return [...code.matchAll(statement)].map((match) => match[1] ?? match[2]!);
}

function packagesOf(tree: Tree): Package[] {
  return [...tree]
    .filter(([path]) => path.endsWith("/package.json"))
    .map(([path, text]) => {
      const { name, exports = {} } = JSON.parse(text);
      return { folder: dirname(path), name, exports };
    });
}

/** The file that `specifier` means, or undefined for what is not of this repository. */
function resolve(
  from: string,
  specifier: string,
  tree: Tree,
  packages: readonly Package[],
): string | undefined {
  if (specifier.startsWith(".")) {
    const path = join(dirname(from), specifier);
    return [path, `${path}.ts`, `${path}/index.ts`].find((each) => tree.has(each));
  }
  const owner = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (owner === undefined) return undefined;
  const file = owner.exports[`.${specifier.slice(owner.name.length)}`];
  return join(owner.folder, file ?? "package.json");
}

function floorOf(floors: Floors, path: string): number | undefined {
  const at = floors.findIndex((patterns) => patterns.some((pattern) => matchesGlob(path, pattern)));
  return at === -1 ? undefined : at;
}

function inside(path: string, folder: string): string {
  return path.slice(folder.length + 1).replace(/^src\//, "");
}

function isBelow(floors: Floors, lower: string, upper: string): boolean {
  const [a, b] = [floorOf(floors, lower), floorOf(floors, upper)];
  return a === undefined || b === undefined || a < b; // one without a floor is a fault of its own
}

function isTest(path: string): boolean {
  return /(\.test|\/testing)\.ts$|\/testing\//.test(path);
}

/** One cycle per import that closes one, each from its first file in alphabetical order and back to it. */
function cycles(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start !== -1) {
      const ring = trail.slice(start);
      const first = ring.indexOf([...ring].sort()[0]!);
      const turned = [...ring.slice(first), ...ring.slice(0, first)];
      found.set(turned.join(), [...turned, turned[0]!]);
    } else if (!done.has(path)) {
      for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of [...next.keys()].sort()) visit(path, []);
  return [...found.values()];
}

if (import.meta.main) {
  const tree = readTree(join(import.meta.dirname, ".."));
  const faults = floorFaults(tree, floorTable);
  console.log(faults.length > 0 ? faults.join("\n") : `${tree.size} files, no import cycle, none upwards`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
