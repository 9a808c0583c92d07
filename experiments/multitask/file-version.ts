/** Files that several rules and jobs ask about: what is read of one is kept until the file changes. */
import { statSync } from "node:fs";

/** `read`, called once for each version of a file. */
export function oncePerVersion<T>(read: (file: string) => T): (file: string) => T {
  const known = new Map<string, { readonly version: string; readonly value: T }>();
  return (file) => {
    const { mtimeMs, size, ino } = statSync(file);
    const version = `${mtimeMs} ${size} ${ino}`;
    const before = known.get(file);
    if (before?.version === version) return before.value;
    const value = read(file);
    known.set(file, { version, value });
    return value;
  };
}
