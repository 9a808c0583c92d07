/** Outputs on two disks of this machine: the temporary folder, and /dev/shm where it is another one. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { realFiles } from "../disk/real-files.ts";
import { directory } from "../rules/marks.ts";
import { type AnyRule, rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";
import { removeStaging } from "./staging-folders.ts";

const ignore = () => {};

const isOther = existsSync("/dev/shm") && statSync("/dev/shm").dev !== statSync(tmpdir()).dev;

describe.skipIf(!isOther)("on /dev/shm (skipped where it is no disk beside the temporary folder)", () => {
  function folders() {
    const folder = mkdtempSync(join(tmpdir(), "braid-disks-"));
    const far = mkdtempSync("/dev/shm/braid-disks-");
    onTestFinished(() => {
      for (const each of [folder, far]) rmSync(each, { recursive: true });
    });
    return { folder, far, files: realFiles(folder) };
  }
  const make = (folder: string, one: AnyRule) => run({ rules: { one }, folder, slots: 1 });
  const clean = (folder: string) => removeStaging(realFiles(folder), () => false, ignore);

  for (const links of [["out"], [".braid"], ["out", ".braid"]])
    test(`with links for ${links.join(" and ")}, files and folders are made, kept, and made again`, async () => {
      const { folder, far } = folders();
      for (const link of links) {
        mkdirSync(join(far, link));
        symlinkSync(join(far, link), join(folder, link));
      }
      const shell = (text: string) =>
        rule({
          output: ["out/a.txt", directory("out/d"), "res/b.txt"],
          shell: `echo ${text} > {output[0]}; mkdir -p {output[1]}; echo ${text} > {output[1]}/${text}; ln -sr {output[0]} {output[2]}`,
        });
      for (const text of ["one", "two"]) {
        expect(await make(folder, shell(text))).toMatchObject({ outcome: "done", done: 1 });
        expect(readFileSync(join(folder, "res/b.txt"), "utf8")).toBe(`${text}\n`);
        expect(readdirSync(join(folder, "out/d"))).toEqual([text]);
        expect(await make(folder, shell(text))).toMatchObject({ total: 0 });
      }
      clean(folder);
      expect(readdirSync(join(folder, "out"))).toEqual(["a.txt", "d"]);
      expect(readdirSync(far).sort()).toEqual([...links].sort());
    });

  test("a relative link from another disk leads to the same file, and one that would lead nowhere fails its job", async () => {
    const { folder, far, files } = folders();
    symlinkSync(far, join(folder, "out"));
    files.makeFolder("d");
    files.write("d/s.txt", "source\n");
    const good = rule({
      input: "d/s.txt",
      output: ["out/a", "out/sub/b"],
      shell: "ln -sr {input} {output[0]}; ln -sr {output[0]} {output[1]}",
    });
    expect(await make(folder, good)).toMatchObject({ outcome: "done" });
    for (const path of ["out/a", "out/sub/b"])
      expect(readFileSync(join(folder, path), "utf8")).toBe("source\n");
    // Read from where the link really lies, `../d` is beside the other disk's folder.
    const bad = rule({ output: "out/c", shell: "ln -s ../d/s.txt {output}" });
    expect((await make(folder, bad)).failed[0]!.error).toContain("it is a link that points nowhere");
  });

  test("a copy has the times of what it is made from", () => {
    const { files, far } = folders();
    files.makeFolder("d/sub");
    files.write("d/sub/x", "x");
    files.duplicate("d", join(far, "d"));
    for (const path of ["d", "d/sub", "d/sub/x"])
      expect(files.stat(join(far, path))!.mtime).toBe(files.stat(path)!.mtime);
  });

  test("a link to a disk that is not there is refused before a body runs", async () => {
    const { folder, far } = folders();
    symlinkSync(join(far, "gone"), join(folder, "out"));
    const one = rule({ output: "out/a", shell: `touch ${folder}/ran; echo 1 > {output}` });
    await expect(make(folder, one)).rejects.toThrow(
      'Cannot make outputs in "out": "out" is a link that points nowhere',
    );
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});
