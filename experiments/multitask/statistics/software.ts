/** What made the results: versions of the packages, the commit of the code, the machine's platform. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface Software {
  /** Version by package name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The commit of the code, with "-dirty" where tracked files were changed; null outside a Git checkout. */
  readonly commit: string | null;
  /** Node's version and the platform: "v24.1.0 linux x64". */
  readonly platform: string;
}

const packages = ["braid-engine", "@braid/lstm", "@braid/npz", "@braid/statistics", "@braid/data"];

/** The software of this process. */
export async function softwareHere(): Promise<Software> {
  const folder = dirname(fileURLToPath(import.meta.url));
  const files = [folder, ...packages.map((name) => dirname(fileURLToPath(import.meta.resolve(name))))];
  return {
    packages: Object.fromEntries(files.map(nearestPackage)),
    commit: await commitOf(folder),
    platform: `${process.version} ${process.platform} ${process.arch}`,
  };
}

/** Name and version of the package that a folder belongs to. */
function nearestPackage(folder: string): [name: string, version: string] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return nearestPackage(dirname(folder));
  const { name, version } = JSON.parse(readFileSync(file, "utf8"));
  return [name, version];
}

/** The commit that the checkout of `folder` stands at. */
export async function commitOf(folder: string): Promise<string | null> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)("git", ["-C", folder, ...args])).stdout.trim();
  try {
    const commit = await git("rev-parse", "HEAD");
    const changed = await git("status", "--porcelain", "--untracked-files=no");
    return changed === "" ? commit : `${commit}-dirty`;
  } catch {
    // No Git, or no checkout: the versions of the packages must do.
    return null;
  }
}
