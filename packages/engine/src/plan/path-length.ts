/** Paths that are too long for any disk, or roundabout, and rules that ask for ever longer ones. */
import { normalize } from "node:path/posix";
import type { NamedRule } from "../rules/ruleset.ts";

/** True for a path that repeats the same part again and again. */
export function repeatsItself(path: string): boolean {
  return path.length > 20 && /(.{2,})\1{9}/.test(path);
}

/** True for a path that is too long for any file system: a name over 255 bytes, or over 4,095 bytes in all. */
export function isTooLong(path: string): boolean {
  // A character is at most three bytes.
  if (path.length <= longestName / 3) return false;
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestName) return false;
  return bytes > 4_095 || path.split("/").some((name) => Buffer.byteLength(name) > longestName);
}

const longestName = 255;

/** The path without detours: `a/b` for `./a//b`, `a/x/../b`, `a/b/.` and `a/b/`. */
export function directPath(path: string): string {
  // Nearly all paths are direct, and this is asked of each of them.
  if (!path.includes("./") && !path.includes("//") && !/[/.]$/.test(path)) return path;
  const direct = normalize(path);
  return direct.endsWith("/") ? direct.slice(0, -1) : direct;
}

/**
 * Detects endless recursion, such as `{x}.txt` made from `{x}.txt.txt`: paths of one rule that keep growing and repeat
 * a part of themselves.
 */
export function recursionCheck(): (rule: NamedRule, path: string) => boolean {
  const longest: number[] = [];
  const raised: number[] = [];
  return ({ index }, path) => {
    if (path.length <= (longest[index] ?? 0)) return false;
    longest[index] = path.length;
    raised[index] = (raised[index] ?? 0) + 1;
    return raised[index] > 20 && (isTooLong(path) || repeatsItself(path));
  };
}
