/** Inputs that are outputs by another path, through links of real folders. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { directory } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";

/** A working folder, and one elsewhere that `out` is a link to. */
function folders() {
  const [folder, far] = ["braid-linked-", "braid-far-"].map((name) => mkdtempSync(join(tmpdir(), name)));
  onTestFinished(() => {
    for (const each of [folder!, far!]) rmSync(each, { recursive: true });
  });
  symlinkSync(far!, join(folder!, "out"));
  mkdirSync(join(folder!, "own"));
  return { folder: folder!, far: far! };
}

const rules = (input: string, output: string): Rules => ({
  last: rule({ input: input as "x", output: "end", shell: "cp {input} {output}" }),
  first: rule({ output: output as "x", shell: "echo 1 > {output}" }),
});

test.each([
  ["a link to an output folder that is a link", "out", "alias/x", "out/x"],
  ["the folder that an output folder is a link to", "FAR", "alias/x", "out/x"],
  ["a link to a folder that jobs make", "out", "alias/sub/x", "out/sub/x"],
  ["a link to an output folder of the same disk", "own", "alias/x", "own/x"],
  ["a link to the working folder", ".", "alias/own/x", "own/x"],
  ["an absolute path to the other disk", ".", "FAR/x", "out/x"],
])("an output that a job reads through %s is refused", async (_, target, input, output) => {
  const { folder, far } = folders();
  symlinkSync(target.replace("FAR", far), join(folder, "alias"));
  const path = input.replace("FAR", far);
  const options = { rules: rules(path, output), folder, slots: 1 };
  const text = `it is the same file as "${output}", which first makes`;
  await expect(run(options)).rejects.toThrow(text);
  await run({ ...options, targets: [output] });
  await expect(run(options)).rejects.toThrow(text);
});

test.each([
  ["an output", "out/x", "out/x", "out/x"],
  ["an output, by its absolute path", "FAR/x", "out/x", "out/x"],
  ["a link to an output", "second", "out/x", "out/x"],
  ["an output in a folder that does not exist yet", "new/sub/x", "new/sub/x", "new/sub/x"],
  ["a file in an output folder", "made/a", directory("made"), "made/a"],
  ["an output folder", "made", directory("made"), "made"],
])(
  "a source that is a link to %s is refused, before the output is made and after",
  async (_, target, made, output) => {
    const { folder, far } = folders();
    symlinkSync("out/x", join(folder, "second"));
    mkdirSync(join(folder, "data"));
    symlinkSync(
      join(target.startsWith("FAR") ? "" : "..", target.replace("FAR", far)),
      join(folder, "data/link"),
    );
    const make = typeof made === "string" ? "echo 1 > {output}" : "mkdir -p {output} && echo 1 > {output}/a";
    const first = rule({ output: made as "x", shell: make });
    const options = { rules: { last: rules("data/link", "x").last!, first }, folder, slots: 1 };
    const text = `Cannot plan "data/link": it is the same file as "${output}", which first makes`;
    await expect(run(options)).rejects.toThrow(text);
    await run({ ...options, targets: ["first"] });
    await expect(run(options)).rejects.toThrow(text);
  },
);

test("a source that becomes a link to an output is refused, where the plan was saved too", async () => {
  const { folder } = folders();
  writeFileSync(join(folder, "link"), "1");
  const options = { rules: rules("link", "out/x"), folder, slots: 1 };
  await run({ ...options, targets: ["out/x"] });
  for (const total of [1, 0]) expect(await run({ ...options, targets: ["end"] })).toMatchObject({ total });
  rmSync(join(folder, "link"));
  symlinkSync("out/x", join(folder, "link"));
  await expect(run({ ...options, targets: ["end"] })).rejects.toThrow('it is the same file as "out/x"');
});

test("a source may be a link to another source, though a pattern matches its path, or to nothing", async () => {
  const { folder } = folders();
  writeFileSync(join(folder, "own/a.txt"), "1");
  symlinkSync("own/a.txt", join(folder, "link"));
  const convert = rule({ input: "{x}.csv", output: "{x}.txt", shell: "cp {input} {output}" });
  const options = { rules: { ...rules("link", "out/x"), convert }, folder, slots: 1 };
  expect(await run(options)).toMatchObject({ outcome: "done" });
  symlinkSync("loop", join(folder, "loop"));
  symlinkSync("nowhere", join(folder, "broken"));
  for (const [input, text] of [
    ["loop", 'Cannot look at "loop": its links form a loop'],
    ["broken", 'Cannot make "broken": no rule makes it and the file does not exist'],
  ] as const)
    await expect(run({ ...options, rules: rules(input, "out/x") })).rejects.toThrow(text);
});

test("a source in a folder that is a link is read, beside outputs and elsewhere", async () => {
  const { folder, far } = folders();
  symlinkSync("own", join(folder, "alias"));
  for (const path of [join(far, "source"), join(folder, "own/source")]) writeFileSync(path, "1");
  for (const input of ["alias/source", "out/source", join(far, "source")])
    expect(await run({ rules: rules(input, "out/x"), folder, slots: 1 })).toMatchObject({ outcome: "done" });
});
