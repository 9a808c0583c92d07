/** For tests: a folder for a published data set, and a data folder made of it. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newFolder } from "../testing/files.ts";
import { importLayout } from "./import-layout.ts";

export function workplace() {
  const parent = newFolder();
  const [folder, out] = [join(parent, "published"), join(parent, "out")] as const;
  mkdirSync(folder);

  /** The path of the one file below `folder` whose name matches. */
  const fileOf = (pattern: RegExp): string => {
    const [found, ...more] = (readdirSync(folder, { recursive: true }) as string[]).filter(
      (path) => /\.(csv|txt|nc)$/.test(path) && pattern.test(basename(path)),
    );
    if (found === undefined || more.length > 0) throw new Error(`${more.length} more files than one`);
    return join(folder, found);
  };
  return {
    folder,
    out,
    fileOf,
    run: (options: { layout?: string; forcing?: string } = {}) =>
      importLayout(folder, out, { by: "a test", ...options }),
    /** The lines of a file of the data folder. */
    lines: (name: string) => readFileSync(join(out, name), "utf8").trimEnd().split("\n"),
    edit(pattern: RegExp, change: (text: string) => string): void {
      const path = fileOf(pattern);
      writeFileSync(path, change(readFileSync(path, "utf8")));
    },
    remove: () => rmSync(parent, { recursive: true }),
  };
}
