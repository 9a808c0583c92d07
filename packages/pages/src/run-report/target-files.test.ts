import { expect, test } from "vitest";
import { filesOf } from "../testing/inspection.ts";
import { previews } from "./preview.ts";
import { mostShown, targetFiles } from "./target-files.ts";

const one = (path: string) => ({ path, single: false });
const contents = { "one/0.txt": "1234", "one/1.txt": "56", "all.csv": "a,b\nx,1\n" };
const disk = filesOf(contents);

test("the files of the targets are counted, those that bring others together come first, the rest is cut", () => {
  const seeds = Array.from({ length: 50 }, (_, seed) => one(`one/${seed}.txt`));
  const found = targetFiles([...seeds, { path: "all.csv", single: true }], disk, previews(disk));
  expect(found).toMatchObject({ count: 51, missing: 48, bytes: 14 });
  expect(found.shown).toHaveLength(mostShown);
  expect(found.shown[0]).toMatchObject({
    path: "all.csv",
    stands: { size: 8, entries: null },
    preview: { kind: "table" },
  });
  expect(found.shown[3]).toEqual({ path: "one/2.txt", stands: null, preview: null });
});

test("a folder counts its entries", () => {
  const { shown } = targetFiles([one("one")], disk, previews(disk));
  expect(shown).toMatchObject([{ path: "one", stands: { entries: 2 } }]);
});

test("a file that may not be read has no preview", () => {
  const files = {
    ...filesOf(contents),
    read: () => {
      throw new Error("EACCES");
    },
  };
  expect(targetFiles([one("all.csv")], files, previews(files)).shown).toMatchObject([
    { stands: { size: 8 }, preview: null },
  ]);
});
