import { expect, test } from "vitest";
import { locator } from "./locate.ts";
import { memoryFiles } from "./memory-files.ts";

function disk() {
  const files = memoryFiles({ "out/old/x": "", "home/y": "" });
  files.mounts.set("out", 7);
  const asked: string[] = [];
  const { place } = files;
  files.place = (folder) => {
    asked.push(folder);
    return place(folder);
  };
  return { files, asked, locate: locator(files) };
}

test("a folder lies where it stands, and one that is to be made where the folder above it lies", () => {
  const { locate } = disk();
  expect(locate("")).toMatchObject({ existing: "", device: 0, top: "" });
  expect(locate("home/new/deep")).toMatchObject({ existing: "home", device: 0, top: "" });
  expect(locate("out")).toMatchObject({ existing: "out", device: 7, top: "out" });
  expect(locate("out/old")).toMatchObject({ existing: "out/old", device: 7, top: "out" });
  expect(locate("out/new/deep")).toMatchObject({ existing: "out", device: 7, top: "out" });
});

test("a folder is asked for once, and not below one that does not stand", () => {
  const { locate, asked } = disk();
  for (let i = 0; i < 100; i++) for (const folder of ["out/old", `out/new/${i}`, `none/${i}`]) locate(folder);
  expect(asked).toEqual(["", "out", "out/old", "out/new", "none"]);
});

test("the highest folder of a disk that takes files is its top; where none does there is no top", () => {
  const { files, locate } = disk();
  files.locked.add("out");
  expect(locate("out/old/new")).toMatchObject({ existing: "out/old", writable: true, top: "out/old" });
  expect(locate("out/new")).toMatchObject({ existing: "out", writable: false, top: null });
});

test("a disk inside another one begins anew", () => {
  const { files, locate } = disk();
  files.mounts.set("out/old", 0);
  expect(locate("out/old")).toMatchObject({ device: 0, top: "out/old" });
});
