/** The outputs that the workflow marks with `report`, by category; the first ones of each category in detail. */
import type { ReadFiles, ShownOutput } from "braid-engine/inspect";
import type { Preview } from "./preview.ts";
import { type TargetFile, targetFile } from "./target-files.ts";

export interface ShownCategory {
  /** Null for outputs to which the workflow gives none. */
  readonly name: string | null;
  readonly count: number;
  readonly outputs: readonly (TargetFile & { readonly rule: string; readonly caption: string })[];
}

/** Outputs of a category, and categories, that are shown. */
export const mostOutputs = 8;
export const mostCategories = 12;

/** Categories in order of their first outputs; those beyond the limit are left out. */
export function shownCategories(
  outputs: Iterable<ShownOutput>,
  files: ReadFiles,
  preview: (path: string, size: number) => Preview | null,
): ShownCategory[] {
  const found = new Map<string | null, { count: number; first: ShownOutput[] }>();
  for (const output of outputs) {
    const own = found.get(output.category);
    if (own === undefined) found.set(output.category, { count: 1, first: [output] });
    else {
      own.count++;
      if (own.first.length < mostOutputs) own.first.push(output);
    }
  }
  return [...found].slice(0, mostCategories).map(([name, { count, first }]) => ({
    ...{ name, count },
    outputs: first.map(({ path, rule, caption }) => ({ ...targetFile(path, files, preview), rule, caption })),
  }));
}
