/** What of a file the page shows itself: the first rows of a table, a small image. All of it is bounded. */
import type { ReadFiles } from "braid-engine/inspect";
import { readRows } from "./delimited.ts";

export type Preview =
  | { readonly kind: "image"; readonly type: string; readonly base64: string }
  | {
      readonly kind: "table";
      /** Names of the columns; null where the first row holds numbers: then it is one like the others. */
      readonly columns: readonly string[] | null;
      readonly rows: readonly (readonly string[])[];
      /** Columns that are left out, and whether rows are. */
      readonly moreColumns: number;
      readonly moreRows: boolean;
    };

/** Bytes of images: of each, and of all; how much is shown of how many tables. */
export const limits = { image: 150_000, images: 300_000, tables: 4, rows: 20, columns: 12, cell: 80 };
/** What is read of a table. */
const head = 65_536;

const imageTypes: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
};

const extensionOf = (path: string) => /\.[a-z]+$/.exec(path.toLowerCase())?.[0] ?? "";

/** A file of this name has a preview if it is small enough. */
export function isShowable(path: string): boolean {
  return [".csv", ".tsv", ...Object.keys(imageTypes)].includes(extensionOf(path));
}

/** Gives the previews of files in turn, as far as the limits allow; null for a file that has none. */
export function previews(files: ReadFiles): (path: string, size: number) => Preview | null {
  let images = 0;
  let tables = 0;
  const show = (path: string, size: number): Preview | null => {
    const extension = extensionOf(path);
    const type = imageTypes[extension];
    if (type !== undefined) {
      if (size === 0 || size > limits.image || images + size > limits.images) return null;
      images += size;
      return { kind: "image", type, base64: Buffer.from(files.read(path)).toString("base64") };
    }
    if ((extension !== ".csv" && extension !== ".tsv") || tables === limits.tables) return null;
    const table = tablePreview(files, path, size, extension === ".tsv" ? "\t" : ",");
    if (table !== null) tables++;
    return table;
  };
  return (path, size) => {
    try {
      return show(path, size);
    } catch {
      // The file is not readable, or was removed just now.
      return null;
    }
  };
}

function tablePreview(files: ReadFiles, path: string, size: number, separator: "," | "\t"): Preview | null {
  const text = new TextDecoder().decode(files.read(path, 0, head)).replace(/^\ufeff/, "");
  const all = readRows(text, separator, size <= head, limits.rows + 2).map((row) =>
    row.map((cell) => (cell.length > limits.cell ? `${cell.slice(0, limits.cell - 1)}…` : cell)),
  );
  const [first] = all;
  if (first === undefined) return null;
  const named = !first.some(isNumber);
  const rows = named ? all.slice(1) : all;
  const { columns } = limits;
  return {
    kind: "table",
    columns: named ? first.slice(0, columns) : null,
    rows: rows.slice(0, limits.rows).map((row) => row.slice(0, columns)),
    moreColumns: Math.max(0, first.length - columns),
    moreRows: rows.length > limits.rows || size > head,
  };
}

export function isNumber(text: string): boolean {
  return /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);
}
