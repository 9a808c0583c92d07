/** Files that somebody puts into output folders: no run removes them, whatever becomes of the folder. */
import { expect, test } from "vitest";
import { deleteOutputs } from "../delete.ts";
import { directory, type Marked, temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";

/** `end` reads the folder `mid`, which is made from `src`. */
function passing(output: Marked<"mid"> = temp(directory("mid"))) {
  const b = bench({ src: "1" });
  const rules: Rules = {
    end: rule({
      input: ["mid", "src"],
      output: "end",
      run: ({ output }) => {
        // A person who looks at the folder while it stands.
        if (b.disk.stat("mid/part") === null) throw new Error("no part");
        b.disk.write(output, b.disk.text("src"));
        visit();
      },
    }),
    mid: rule({
      input: "src",
      output,
      run: (job) => {
        b.disk.makeFolder(`${job.output}/sub`);
        for (const name of ["part", "sub/part"]) b.disk.write(`${job.output}/${name}`, b.disk.text("src"));
      },
    }),
  };
  let visit = () => {};
  const kept = () =>
    b.disk
      .paths()
      .filter((path) => path.startsWith(".braid/replaced/"))
      .map((path) => [path.split("/").slice(3).join("/"), b.disk.text(path)]);
  const warnings = () => b.events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  const onVisit = (look: () => void) => {
    visit = look;
  };
  return { ...b, rules, kept, warnings, onVisit };
}

test("those in a temporary folder are kept when it is removed, and named in one warning", async () => {
  const { disk, run, rules, kept, warnings, onVisit } = passing();
  onVisit(() => {
    disk.write("mid/notes", "mine");
    disk.makeFolder("mid/sub/more");
    disk.write("mid/sub/more/notes", "mine too");
  });
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 2 });
  expect(disk.stat("mid")).toBeNull();
  expect(kept()).toEqual([
    ["mid/notes", "mine"],
    ["mid/sub/more/notes", "mine too"],
  ]);
  expect(warnings()).toEqual([
    expect.stringMatching(
      /^mid\/notes and 1 more file in output folders were not made by .*; they are kept, the first as \.braid\/replaced\/\S+\/mid\/notes\.$/,
    ),
  ]);
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("so are those in one that a later run removes", async () => {
  const { disk, run, rules, kept, warnings } = passing();
  await run(rules, { targets: ["mid", "end"] });
  disk.write("mid/notes", "mine");
  expect(await run(rules)).toMatchObject({ total: 0 });
  expect(disk.stat("mid")).toBeNull();
  expect(kept()).toEqual([["mid/notes", "mine"]]);
  expect(warnings()).toEqual([
    expect.stringMatching(
      /^mid\/notes in output folders was not made by .*; it is kept as \.braid\/replaced\/\S+\/mid\/notes\.$/,
    ),
  ]);
});

test.each([
  ["a folder", directory("mid")],
  ["a temporary folder", temp(directory("mid"))],
])("so are those in %s when its job makes it again, twice too", async (_, output) => {
  const { disk, run, rules, kept } = passing(output);
  for (const text of ["one", "two"]) {
    await run(rules, { targets: ["mid"], force: { all: true } });
    disk.write("mid/notes", text);
  }
  await run(rules, { targets: ["mid"], force: { all: true } });
  expect(kept().toSorted()).toEqual([
    ["mid/notes", "one"],
    ["mid/notes", "two"],
  ]);
  expect(disk.list("mid")).toEqual(["part", "sub"]);
});

test("so is what stood in the folder before its job first ran", async () => {
  const { disk, run, rules, kept } = passing();
  disk.makeFolder("mid");
  disk.write("mid/notes", "mine");
  await run(rules, { force: { all: true } });
  expect(kept()).toEqual([["mid/notes", "mine"]]);
});

test("files of the same name are all kept in one run", async () => {
  const { disk, run, rules, kept, onVisit } = passing();
  disk.makeFolder("mid");
  disk.write("mid/notes", "before");
  onVisit(() => disk.write("mid/notes", "after"));
  await run(rules, { force: { all: true } });
  expect(kept()).toEqual([
    ["mid/notes", "before"],
    ["mid/notes.2", "after"],
  ]);
});

test.each(["all", "temporary"] as const)(
  "a folder with such files is not deleted on demand (%s)",
  async (of) => {
    const { disk, run, rules } = passing();
    await run(rules, { keepTemporary: true });
    disk.write("mid/notes", "mine");
    const asked = { rules, files: disk, folder: "" };
    expect(deleteOutputs(asked, false, of).left).toEqual([
      { path: "mid", why: "its job did not make notes in it" },
    ]);
    disk.write("mid/sub/notes", "mine");
    expect(deleteOutputs(asked, false, of).left[0]!.why).toBe(
      "its job did not make notes and 1 more file in it",
    );
    for (const path of ["mid/notes", "mid/sub/notes"]) disk.remove(path);
    expect(deleteOutputs(asked, false, of)).toMatchObject({
      deleted: expect.arrayContaining(["mid"]),
      left: [],
    });
    expect(disk.stat("mid")).toBeNull();
  },
);
