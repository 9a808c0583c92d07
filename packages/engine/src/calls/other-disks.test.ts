import { describe, expect, test } from "vitest";
import { type MemoryFiles, memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { Planner } from "../plan/planner.ts";
import type { JobView } from "../plan/table.ts";
import { directory, protect } from "../rules/marks.ts";
import { type Files, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { run } from "../run/run.ts";
import { bench, leaves, writeJoined } from "../testing/run-in-memory.ts";
import { jobStaging } from "./job-staging.ts";
import { checkOutputFolders, removeStaging, runOfStaging } from "./staging-folders.ts";

/** A job of a rule with these outputs, which holds no wildcards. */
function jobOf(output: Files): JobView {
  const rules = ruleset({ one: rule({ output: output as "x", run() {} }) });
  const planner = new Planner({ rules, disk: memoryFiles() });
  planner.add(["one"]);
  return planner.plan.job(0);
}

/** A disk whose folder `out` is another one. */
function twoDisks(files: Record<string, string> = {}, mounts: Record<string, number> = { out: 1 }) {
  const disk = memoryFiles(files);
  for (const [folder, device] of Object.entries(mounts)) {
    disk.makeFolder(folder);
    disk.mounts.set(folder, device);
  }
  return disk;
}

/** Stages a job, writes its outputs as a body would, and returns their paths. */
function written(
  shop: ReturnType<typeof jobStaging>,
  disk: MemoryFiles,
  job: JobView,
  text = "new",
): string[] {
  const paths = leaves(shop.stage(job).output);
  paths.forEach((path, i) => {
    if (job.rule.outputs[i]!.marks.directory) disk.makeFolder(path);
    disk.write(job.rule.outputs[i]!.marks.directory ? `${path}/file` : path, text);
  });
  return paths;
}

const copiesOf = (disk: MemoryFiles) => {
  const copies: string[] = [];
  const { duplicate } = disk;
  disk.duplicate = (from, to) => {
    copies.push(from);
    duplicate(from, to);
  };
  return copies;
};

/** No path of a run's staging is left, hidden folders included. */
const leftOf = (disk: MemoryFiles) => disk.paths().filter((path) => runOfStaging(path) !== undefined);

const ignore = () => {};

test("outputs are made on the disk where they are to stand, and no file is copied", () => {
  const disk = twoDisks({ "out/d/old": "old" });
  const copies = copiesOf(disk);
  const shop = jobStaging(disk, "r");
  const job = jobOf([directory("out/d"), "out/e/f.txt"]);
  expect(written(shop, disk, job)).toEqual(["out/.braid-staging-r/0/d", "out/.braid-staging-r/0/e/f.txt"]);
  shop.commit(job);
  expect([disk.text("out/d/file"), disk.text("out/e/f.txt")]).toEqual(["new", "new"]);
  expect(disk.stat("out/d/old")).toBeNull();
  expect(copies).toEqual([]);
});

test("the same with the engine's own folder on another disk", async () => {
  const b = bench({ src: "s" });
  b.disk.makeFolder(".braid");
  b.disk.mounts.set(".braid", 1);
  const copies = copiesOf(b.disk);
  const rules = {
    one: rule({ input: "src", output: ["a", "d/b"], run: (job) => writeJoined(b.disk, job) }),
  } satisfies Rules;
  expect(await b.run(rules)).toMatchObject({ outcome: "done", done: 1 });
  expect([b.disk.text("a"), b.disk.text("d/b")]).toEqual(["s", "s"]);
  expect(copies).toEqual([]);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("where a rename is refused all the same, one job's outputs are copied and the next ones are made beside theirs", () => {
  // As of a bind mount, or a folder with a quota of its own.
  const disk = twoDisks({ "out/a": "old", "out/d/old": "" }, { out: 0 });
  const copies = copiesOf(disk);
  const shop = jobStaging(disk, "r");
  for (const name of ["a", "b", "c"]) {
    const job = jobOf([`out/${name}`]);
    written(shop, disk, job, name);
    shop.commit(job);
    expect(disk.text(`out/${name}`)).toBe(name);
  }
  expect(copies).toEqual([".braid/staging/r/0/a"]);
  const job = jobOf(directory("out/d"));
  written(shop, disk, job);
  shop.commit(job);
  expect(disk.list("out/d")).toEqual(["file"]);
  removeStaging(disk, () => false, ignore);
  expect(leftOf(disk)).toEqual([]);
});

test("an old folder on a disk that refuses even to throw it away is removed", () => {
  const disk = twoDisks({ "out/d/old": "" }, { out: 0 });
  const shop = jobStaging(disk, "r");
  const job = jobOf(directory("out/d"));
  written(shop, disk, job);
  shop.commit(job);
  expect(disk.list("out/d")).toEqual(["file"]);
});

describe("a job with outputs on several disks", () => {
  const old = { "here/a": "old", "out/b": "old", "far/d/old": "" };
  const disks = () => twoDisks(old, { out: 1, far: 2 });
  const outputs = ["here/a", "out/b", directory("far/d")];

  test("has them all in place", () => {
    const disk = disks();
    const shop = jobStaging(disk, "r");
    const job = jobOf(outputs);
    expect(written(shop, disk, job).every((path) => path.startsWith(".braid/staging/r/0/"))).toBe(true);
    shop.commit(job);
    expect([disk.text("here/a"), disk.text("out/b"), disk.text("far/d/file")]).toEqual(["new", "new", "new"]);
    expect(disk.stat("far/d/old")).toBeNull();
  });

  test("leaves all old ones where one of the disks has no room", () => {
    const disk = disks();
    const { duplicate } = disk;
    disk.duplicate = (from, to) => {
      duplicate(from, to);
      if (to.startsWith("far/"))
        throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    };
    const shop = jobStaging(disk, "r");
    const job = jobOf(outputs);
    written(shop, disk, job);
    expect(() => shop.commit(job)).toThrow("ENOSPC");
    shop.discard(job);
    expect(disk.paths().filter((path) => !path.startsWith(".braid"))).toEqual(Object.keys(old).sort());
    expect([disk.text("here/a"), disk.text("out/b")]).toEqual(["old", "old"]);
  });

  test("leaves all old ones where the last one cannot be put in place", () => {
    for (const [mounts, last] of [
      [{}, "EIO"],
      [{ out: 1 }, "EIO"],
      [{ out: 0 }, "EIO"],
      [{}, "a folder with files"],
    ] as const) {
      const old = { "out/a": "old", "out/d/old": "old" };
      const disk = twoDisks(
        last === "EIO" ? { ...old, "out/c": "old" } : { ...old, "out/c/mine": "" },
        mounts,
      );
      const { rename } = disk;
      const shop = jobStaging(disk, "r");
      const job = jobOf(["out/a", directory("out/d"), "out/c"]);
      written(shop, disk, job);
      const before = disk.paths().filter((path) => /^out\/[acd]/.test(path));
      disk.rename = (from, to) => {
        if (to === "out/c") throw new Error("EIO: i/o error");
        rename(from, to);
      };
      expect(() => shop.commit(job)).toThrow(last);
      expect(disk.paths().filter((path) => /^out\/[acd]/.test(path))).toEqual(before);
      expect([disk.text("out/a"), disk.text("out/d/old")]).toEqual(["old", "old"]);
    }
  });

  test("is made again after a kill between its renames", async () => {
    const b = bench();
    for (const [folder, device] of [
      ["out", 1],
      ["far", 2],
    ] as const) {
      b.disk.makeFolder(folder);
      b.disk.mounts.set(folder, device);
    }
    const one = rule({
      output: ["a", "out/b", "far/c"],
      run: (job) => writeJoined(b.disk, { ...job, input: [] }, "1"),
    });
    const { rename, write, remove } = b.disk;
    const killed = () => {
      throw new Error("killed");
    };
    b.disk.rename = (from, to) => {
      rename(from, to);
      if (to === "out/b") Object.assign(b.disk, { rename: killed, write: killed, remove: ignore });
    };
    await b.run({ one }).catch(ignore);
    Object.assign(b.disk, { rename, write, remove });
    expect([b.disk.text("out/b"), b.disk.stat("far/c")]).toEqual(["1", null]);
    expect(leftOf(b.disk)).not.toEqual([]);
    expect(await b.run({ one })).toMatchObject({ outcome: "done", done: 1 });
    expect(b.disk.text("far/c")).toBe("1");
    removeStaging(b.disk, () => false, ignore);
    expect(leftOf(b.disk)).toEqual([]);
  });
});

describe("what a killed run has left on other disks", () => {
  function killed() {
    const disk = twoDisks({}, { out: 1, bound: 0 });
    for (const [run, output] of [
      ["old", "out/a"],
      ["live", "out/b"],
    ] as const) {
      const shop = jobStaging(disk, run);
      written(shop, disk, jobOf(output));
    }
    return disk;
  }

  test("is found by its record, but for that of a run that still writes there", () => {
    const disk = killed();
    expect(leftOf(disk)).toEqual(["out/.braid-staging-live/0/b", "out/.braid-staging-old/0/a"]);
    removeStaging(disk, (run) => run === "live", ignore);
    expect(leftOf(disk)).toEqual(["out/.braid-staging-live/0/b"]);
    removeStaging(disk, () => false, ignore);
    expect(leftOf(disk)).toEqual([]);
    expect(disk.list(".braid")).toEqual([]);
  });

  test("stays recorded where it cannot be removed yet", () => {
    const disk = killed();
    const { remove } = disk;
    disk.remove = (path) => {
      if (path === "out/.braid-staging-old") throw new Error("EBUSY: resource busy");
      remove(path);
    };
    const warned: string[] = [];
    removeStaging(
      disk,
      () => false,
      (text) => void warned.push(text),
    );
    expect(warned).toEqual(['"out/.braid-staging-old" cannot be removed yet: EBUSY: resource busy']);
    disk.remove = remove;
    removeStaging(disk, () => false, ignore);
    expect(leftOf(disk)).toEqual([]);
  });

  test("is all that is removed, whatever a damaged record says", () => {
    const disk = killed();
    disk.write("out/mine", "");
    disk.write(".braid/elsewhere/old", '"out"\n"out/mine"\n42\n"out/.braid-staging-old"\n"out/.braid-st');
    removeStaging(disk, (run) => run === "live", ignore);
    expect(disk.paths().filter((path) => path.startsWith("out"))).toEqual([
      "out/.braid-staging-live/0/b",
      "out/mine",
    ]);
  });

  test("is in no list of files", () => {
    expect(killed().list("out")).toEqual([]);
  });
});

describe("an old output that is to be kept", () => {
  const keepOld = () => true;

  test("is moved away, from another disk too", () => {
    const disk = twoDisks({ "here/a": "mine", "out/b": "mine", "out/d/mine": "" });
    const shop = jobStaging(disk, "r");
    const job = jobOf(["here/a", "out/b", directory("out/d"), "out/none"]);
    written(shop, disk, job);
    const moved = ["here/a", "out/b", "out/d"];
    expect(shop.commit(job, { keepOld })).toEqual(
      moved.map((path) => ({ path, to: `.braid/replaced/r/${path}` })),
    );
    removeStaging(disk, () => false, ignore);
    expect([disk.text("here/a"), disk.text("out/b"), disk.list("out/d")]).toEqual(["new", "new", ["file"]]);
    const kept = disk.paths().filter((path) => path.startsWith(".braid/"));
    expect(kept).toEqual([
      ".braid/replaced/r/here/a",
      ".braid/replaced/r/out/b",
      ".braid/replaced/r/out/d/mine",
    ]);
  });

  test("leaves in its folder what stays there, kept or not, on another disk too", () => {
    for (const mounts of [{}, { out: 1 }])
      for (const keeps of [true, false]) {
        const disk = twoDisks(
          { "out/d/mine": "", "out/d/in/other": "other" },
          mounts as Record<string, number>,
        );
        const shop = jobStaging(disk, "r");
        const job = jobOf([directory("out/d")]);
        written(shop, disk, job);
        shop.commit(job, { keepOld: () => keeps, stayIn: () => ["in/other"] });
        removeStaging(disk, () => false, ignore);
        const kept = keeps ? [".braid/replaced/r/out/d/mine"] : [];
        expect(disk.paths()).toEqual([...kept, "out/d/file", "out/d/in/other"]);
        expect(disk.text("out/d/in/other")).toBe("other");
      }
  });

  test("is asked for only where one stands", () => {
    const disk = twoDisks({ "out/b": "mine" });
    const shop = jobStaging(disk, "r");
    const job = jobOf(["here/a", "out/b"]);
    written(shop, disk, job);
    const asked: string[] = [];
    shop.commit(job, { keepOld: (path) => asked.push(path) < 0 });
    expect(asked).toEqual(["out/b"]);
    expect(disk.text("out/b")).toBe("new");
  });

  test("stands again where the job's outputs cannot be put in place", () => {
    for (const mounts of [{}, { out: 1 }, { out: 0 }]) {
      const disk = twoDisks(
        { "out/a": "mine", "out/b": "mine", "out/c": "mine" },
        mounts as Record<string, number>,
      );
      const { rename } = disk;
      const shop = jobStaging(disk, "r");
      const job = jobOf(["out/a", "out/b", "out/c"]);
      written(shop, disk, job);
      disk.rename = (from, to) => {
        if (to === "out/c" && !from.includes("replaced")) throw new Error("EIO: i/o error");
        rename(from, to);
      };
      expect(() => shop.commit(job, { keepOld: (path) => path !== "out/c" })).toThrow("EIO");
      expect([disk.text("out/a"), disk.text("out/b"), disk.text("out/c")]).toEqual(["mine", "mine", "mine"]);
      expect(disk.paths().filter((path) => path.includes("replaced"))).toEqual([]);
    }
  });
});

describe("before a body runs, a run refuses", () => {
  const placesOf = ({ rule, outputs }: JobView) =>
    outputs.map((path, i) => ({ path, directory: rule.outputs[i]!.marks.directory === true }));
  const check = (disk: MemoryFiles, output: Files) => () => checkOutputFolders(disk, placesOf(jobOf(output)));

  test("a folder in which nothing can be written", async () => {
    const disk = twoDisks();
    disk.locked.add("out");
    const message = 'Cannot make outputs in "out/new": "out" is not writable';
    expect(check(disk, "out/new/a")).toThrow(message);
    expect(check(disk, "here/a")).not.toThrow();
    const b = bench();
    b.disk.makeFolder("out");
    b.disk.locked.add("out");
    let ran = false;
    const one = rule({
      output: ["here/a", "out/new/a"],
      run() {
        ran = true;
      },
    });
    await expect(b.run({ one })).rejects.toThrow(message);
    expect(ran).toBe(false);
  });

  test("a mount point that would have to be replaced", () => {
    expect(check(twoDisks(), directory("out"))).toThrow('Cannot make "out": it is a mount point');
    expect(check(twoDisks(), directory("out/d"))).not.toThrow();
  });
});

test("a protected output is recorded before it is read-only: a kill in between leaves a folder that works", async () => {
  const b = bench({ src: "s" });
  const rules = {
    one: rule({ input: "src", output: protect("out/a"), run: (job) => writeJoined(b.disk, job) }),
    other: rule({ input: "src", output: "other", run: (job) => writeJoined(b.disk, job) }),
  } satisfies Rules;
  const { protect: lock, openAppend, write } = b.disk;
  let killed = false;
  b.disk.openAppend = (path) => {
    const file = openAppend(path);
    return { ...file, append: (content) => void (killed || file.append(content)) };
  };
  b.disk.protect = () => {
    expect(b.disk.text(".braid/journal")).toContain('"t":"done"');
    killed = true;
    b.disk.write = () => {
      throw new Error("killed");
    };
    throw new Error("killed");
  };
  await expect(b.run(rules)).rejects.toThrow("killed");
  Object.assign(b.disk, { protect: lock, openAppend, write });
  expect(b.disk.isProtected("out/a")).toBe(false);
  // The next run may be of other targets.
  expect(await b.run(rules, { targets: ["other"] })).toMatchObject({ done: 1 });
  expect(b.disk.isProtected("out/a")).toBe(true);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  expect(b.disk.isProtected("out/a")).toBe(true);
});

test("hundreds of jobs on another disk cost as many calls as on the same one", async () => {
  const calls = async (mounts: Record<string, number>) => {
    const disk = twoDisks({ "out/old": "" }, mounts);
    disk.makeFolder("out");
    const counts: Record<string, number> = {};
    for (const [name, call] of Object.entries(disk))
      if (typeof call === "function" && name !== "text")
        (disk as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
          counts[name] = (counts[name] ?? 0) + 1;
          return (call as (...args: unknown[]) => unknown)(...args);
        };
    const one = rule({ output: "out/{n}", run: ({ output }) => disk.write(output, "") });
    const all = rule({ input: expand("out/{n}", { n: Array.from({ length: 400 }, (_, n) => n) }) });
    await run({ rules: { all, one }, files: disk, folder: "", slots: 1 });
    return counts;
  };
  const [same, other] = [await calls({}), await calls({ out: 1 })];
  for (const [name, count] of Object.entries(other)) expect(count - (same[name] ?? 0), name).toBeLessThan(10);
  expect(other.place).toBeLessThan(10);
});
