/** Paths that are longer than any disk takes, and rules that ask for ever longer ones. */
import type { NamedRule } from "../rules/ruleset.ts";

/** True for a path that has grown by the same part again and again. */
export function repeatsItself(path: string): boolean {
  return path.length > 20 && /(.{2,})\1{9}/.test(path);
}

/** True for a path that no file system takes: a name of more than 255 bytes, or 4,095 in all. */
export function isTooLong(path: string): boolean {
  // A character is at most three bytes.
  if (path.length <= longestName / 3) return false;
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestName) return false;
  return bytes > 4_095 || path.split("/").some((name) => Buffer.byteLength(name) > longestName);
}

const longestName = 255;

/**
 * Tells endless recursion, `{x}.txt` made from `{x}.txt.txt`: paths of one rule that grow and grow, and repeat a part
 * of themselves.
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
