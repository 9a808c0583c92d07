import { expect, test } from "vitest";
import { inventory } from "./inventory.ts";
import { memoryFiles } from "./memory-files.ts";

function counted(files: Record<string, string>) {
  const disk = memoryFiles(files);
  const asked: string[] = [];
  const stat = disk.stat;
  disk.stat = (path) => {
    asked.push(path);
    return stat(path);
  };
  return { disk: inventory(disk), asked };
}

test("a file that stands is found, one that does not is not", () => {
  const { disk } = counted({ "a/b.txt": "x" });
  expect(disk.stat("a/b.txt")).toMatchObject({ size: 1, directory: false });
  expect(disk.stat("a/c.txt")).toBeNull();
  expect(disk.stat("a")).toMatchObject({ directory: true });
});

test("a folder that is absent answers for everything below it", () => {
  const { disk, asked } = counted({ "a.txt": "" });
  for (let i = 0; i < 1_000; i++) expect(disk.stat(`out/site_${i}/deep/file.txt`)).toBeNull();
  expect(asked.length).toBeLessThan(10);
});
