/** Paths that are too long for any disk, and rules that ask for ever longer ones. */
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

/**
 * Detects endless recursion, such as `{x}.txt` made from `{x}.txt.txt`: paths of one rule that keep growing and repeat
 * a part of themselves.
 */
export function endlessCheck(): (rule: NamedRule, path: string) => boolean {
  const longest: number[] = [];
  const raised: number[] = [];
  return ({ index }, path) => {
    if (path.length <= (longest[index] ?? 0)) return false;
    longest[index] = path.length;
    raised[index] = (raised[index] ?? 0) + 1;
    return raised[index] > 20 && (isTooLong(path) || repeatsItself(path));
  };
}
