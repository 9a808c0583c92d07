/**
 * The archives of the npm packages, as pnpm and as npm make them, and archives of everything that they depend on, from
 * this repository's node_modules: with these, a test installs them without a network.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { emptyFolder, root } from "./command.ts";

/** A user's environment has neither a script runner's settings for this repository nor, on NODE_PATH, its packages. */
export const userEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm|pnpm)_|^NODE_PATH$/i.test(name) || /registry|cache/i.test(name),
  ),
);

/** Milliseconds. Ends a command that waits forever for a network: vitest cannot, because this thread waits for the command. */
const timeout = 240_000;

export function command(name: string, args: readonly string[], cwd: string, env = userEnvironment) {
  const { status, stdout, stderr } = spawnSync(name, args, { cwd, encoding: "utf8", env, timeout });
  return { status, stdout, stderr };
}

function succeed(name: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = command(name, args, cwd);
  if (status !== 0) throw new Error(`${[name, ...args].join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** Packs `packages/<name>` into `folder` with pnpm; returns the path of the archive. */
export function packWithPnpm(name: string, folder: string): string {
  const words = [
    "-y",
    "--prefer-offline",
    "pnpm@12",
    "--dir",
    join(root, "packages", name),
    "pack",
    "--json",
  ];
  const stdout = succeed("npx", [...words, "--pack-destination", folder], root);
  return join(folder, basename(/"filename": "(.+)"/.exec(stdout)![1]!));
}

/**
 * The same with npm; also returns the package's folder. That is in a copy of the repository: while npm packs, other files are
 * in it, which other tests would see.
 */
export function packWithNpm(name: string, folder: string): { archive: string; source: string } {
  const copy = emptyFolder();
  for (const path of ["docs", "scripts", "LICENSE", "package.json", "tsconfig.base.json"])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  for (const path of new Set(["engine", name]))
    cpSync(join(root, "packages", path), join(copy, "packages", path), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (from) => !/\/packages\/\w+\/(dist|pack)$/.test(from),
    });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const words = ["pack", "--json", "--pack-destination", folder];
  const source = join(copy, "packages", name);
  const stdout = succeed("npm", words, source);
  return { archive: join(folder, /"filename": "(.+)"/.exec(stdout)![1]!), source };
}

/** Unpacks an archive; returns the folder of its files. */
export function unpack(archive: string): string {
  const folder = emptyFolder();
  succeed("tar", ["xzf", archive, "-C", folder], folder);
  return join(folder, "package");
}

/** Archives of all packages that `packages/<name>` needs from npm, by their names. */
export function dependencyArchives(name: string, folder: string): Map<string, string> {
  const archives = new Map<string, string>();
  mkdirSync(folder, { recursive: true });
  const visit = (from: string) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
    for (const dependency of Object.keys(dependencies)) {
      if (archives.has(dependency)) continue;
      const place = placeOf(dependency, from);
      const archive = join(folder, `${dependency.replaceAll(/[@/]/g, "-")}.tgz`);
      succeed(
        "tar",
        [
          "czf",
          archive,
          "--hard-dereference",
          "--exclude=./node_modules",
          "--transform=s,^[.],package,",
          ".",
        ],
        place,
      );
      archives.set(dependency, archive);
      visit(place);
    }
  };
  visit(join(root, "packages", name));
  return archives;
}

/** The folder of a dependency: pnpm puts it beside the package, or, for packages of this repository, inside it. */
function placeOf(dependency: string, from: string): string {
  for (const base of [join(from, "node_modules"), from.slice(0, from.lastIndexOf("node_modules") + 12)])
    try {
      return realpathSync(join(base, dependency));
    } catch {}
  throw new Error(`${dependency} is not installed for ${from}`);
}
