import { expect, test } from "vitest";
import { filesOf } from "../testing/inspection.ts";
import { limits, previews } from "./preview.ts";

function shown(files: Record<string, string>) {
  const disk = filesOf(files);
  const preview = previews(disk);
  return Object.keys(files).map((path) => preview(path, disk.stat(path)!.size));
}

test("a table is shown by its first rows and columns, long cells cut", () => {
  const columns = Array.from({ length: 15 }, (_, i) => `c${i}`).join(",");
  const row = `${"x".repeat(100)}${",1".repeat(14)}`;
  const [table] = shown({ "t.csv": `${columns}\n${`${row}\n`.repeat(30)}` });
  expect(table).toMatchObject({ kind: "table", moreColumns: 3, moreRows: true });
  const { columns: names, rows } = table as Extract<typeof table, { kind: "table" }>;
  expect(names).toHaveLength(limits.columns);
  expect(rows).toHaveLength(limits.rows);
  expect(rows[0]![0]).toHaveLength(limits.cell);
});

test("a table whose first row holds numbers has no names of columns", () => {
  const [table, empty] = shown({ "t.tsv": "the\t17\nof\t15\n", "e.csv": "" });
  expect(table).toMatchObject({
    columns: null,
    rows: [
      ["the", "17"],
      ["of", "15"],
    ],
    moreRows: false,
  });
  expect(empty).toBeNull();
});

test("of a large table only the beginning is read", () => {
  const [table] = shown({ "t.csv": `a,b\n${"1,2\n".repeat(100_000)}` });
  expect(table).toMatchObject({ columns: ["a", "b"], moreRows: true });
  const [long] = shown({ "t.csv": `a,b\n${"x".repeat(100_000)},1\n` });
  expect(long).toMatchObject({ rows: [], moreRows: true });
});

test("images are shown as long as each and all of them are small", () => {
  const image = "x".repeat(limits.image - 10);
  const previewed = shown({
    "big.png": "x".repeat(limits.image + 1),
    "a.png": image,
    "b.SVG": image,
    "c.jpg": image,
    "small.png": "y",
    "no.txt": "z",
    "none.png": "",
  });
  expect(previewed.map((preview) => preview?.kind ?? null)).toEqual([
    null,
    "image",
    "image",
    null,
    "image",
    null,
    null,
  ]);
  expect(previewed[4]).toEqual({ kind: "image", type: "image/png", base64: "eQ==" });
});

test("a few tables are shown, the others are not", () => {
  const tables = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`${i}.csv`, "a,b\n"]));
  expect(shown(tables).filter((preview) => preview !== null)).toHaveLength(limits.tables);
});
