/** Outputs that other jobs of the workflow have recorded in an output folder: they stay when the folder is made again. */
import { dirname } from "node:path/posix";
import { expect, test } from "vitest";
import { directory, temp } from "../rules/marks.ts";
import { type Files, type Rules, rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

/** `split` makes a file per letter in `parts`; other jobs make `parts/own.txt` and the folder `parts/sub`. */
function workflow(folder: Files = directory("parts")) {
  const b = bench({ src: "ab", other: "o" });
  const write = (output: string, text: string) => {
    b.disk.makeFolder(output);
    for (const letter of text) b.disk.write(`${output}/${letter}.txt`, letter);
  };
  const rules: Rules = {
    end: rule({ input: "parts", output: "end", run: ({ output }) => b.disk.write(output, "") }),
    split: rule({
      input: "src",
      output: folder as "x",
      run: ({ input, output }) => write(output, b.disk.text(input)),
    }),
    own: joining(b.disk, "other", "parts/own.txt"),
    sub: rule({
      input: "other",
      output: directory("parts/sub"),
      run: ({ input, output }) => write(output, b.disk.text(input)),
    }),
  };
  const replaced = () => b.disk.paths().filter((path) => path.startsWith(".braid/replaced/"));
  const parts = () => b.disk.paths().filter((path) => path.startsWith("parts/"));
  const warnings = () => b.events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  /** One run for each target, because no plan may have jobs whose outputs lie in each other. Returns the jobs that ran. */
  const make = async (...targets: string[]) => {
    b.ran();
    for (const target of targets)
      expect(await b.run(rules, { targets: [target] })).toMatchObject({ outcome: "done" });
    return b.ran();
  };
  return { ...b, rules, replaced, parts, warnings, make };
}

const others = ["parts/own.txt", "parts/sub/o.txt"];
const both = ["own", "sub"];

test("they stay when the folder is made for the first time, and each time after that", async () => {
  const { make, disk, parts, replaced, warnings } = workflow();
  await make(...both);
  for (const letters of ["ab", "bc", "c"]) {
    disk.write("src", letters);
    expect(await make("split")).toEqual(["split"]);
    expect(parts()).toEqual([...[...letters].map((letter) => `parts/${letter}.txt`), ...others]);
    // Neither is out of date because of the other.
    expect(await make(...both)).toEqual([]);
    expect(await make("split")).toEqual([]);
  }
  expect([replaced(), warnings()]).toEqual([[], []]);
});

test("they are no part of the folder for jobs that read it", async () => {
  const { make, disk } = workflow();
  await make("own");
  await make("end");
  disk.write("other", "p");
  expect(await make(...both)).toEqual(both);
  expect(await make("end")).toEqual([]);
  expect(disk.text("parts/own.txt")).toBe("p");
});

test("they stay when a temporary folder is removed, which is not made again because of them", async () => {
  const { make, parts, replaced } = workflow(temp(directory("parts")));
  await make(...both);
  expect(await make("end")).toEqual(["split", "end"]);
  expect(parts()).toEqual(others);
  expect(await make("end")).toEqual([]);
  expect(await make(...both)).toEqual([]);
  expect(replaced()).toEqual([]);
});

test("other files in the folder are moved away as before, and so is an output whose name the folder's job takes", async () => {
  const { make, run, rules, disk, parts, replaced } = workflow();
  await make("own", "sub", "split");
  disk.write("parts/notes", "mine");
  const split = rule({
    input: "src",
    output: directory("parts"),
    run: ({ output }) => {
      disk.makeFolder(output);
      disk.write(`${output}/own.txt`, "of split");
      disk.write(`${output}/sub`, "a file");
    },
  });
  await run({ ...rules, split }, { targets: ["split"] });
  expect(parts()).toEqual(["parts/own.txt", "parts/sub"]);
  expect(disk.text("parts/own.txt")).toBe("of split");
  expect(replaced().map((path) => path.split("/").slice(3).join("/"))).toEqual(["parts/notes", ...others]);
});

test("they stay when an edited folder is kept", async () => {
  const { make, disk, parts, replaced } = workflow();
  await make("own", "sub", "split");
  disk.write("parts/a.txt", "mine");
  expect(await make("split")).toEqual(["split"]);
  expect(parts()).toEqual(["parts/a.txt", "parts/b.txt", ...others]);
  expect(replaced().map((path) => path.split("/").slice(3).join("/"))).toEqual([
    "parts/a.txt",
    "parts/b.txt",
  ]);
});

test("they stay where they were if the folder cannot be put in place", async () => {
  const { make, run, rules, disk, parts, replaced } = workflow();
  await make("own", "sub", "split");
  const before = parts();
  const { rename } = disk;
  for (const target of ["parts", "parts/own.txt", "parts/sub"]) {
    let fails = true;
    disk.rename = (from, to) => {
      if (fails && to === target && /staging|replaced/.test(from)) {
        fails = false;
        throw new Error("EIO: i/o error");
      }
      rename(from, to);
    };
    expect(await run(rules, { targets: ["split"], force: { all: true } })).toMatchObject({
      outcome: "failed",
    });
    expect(parts()).toEqual(before);
    disk.rename = rename;
    expect(await make("split", "own", "sub")).toEqual([]);
  }
  expect(replaced()).toEqual([]);
});

test("they are never only where the next run cleans up, whenever a run is killed", async () => {
  for (let killedAt = 0, reached = true; reached; killedAt++) {
    const { make, run, rules, disk } = workflow();
    await make("own", "sub", "split");
    const { rename } = disk;
    let done = 0;
    disk.rename = (from, to) => {
      // From here on nothing reaches the disk.
      if (done++ >= killedAt) throw new Error("EIO: i/o error");
      rename(from, to);
    };
    await run(rules, { targets: ["split"], force: { all: true } }).catch(() => {});
    reached = done > killedAt;
    const safe = disk.paths().filter((path) => !path.includes("staging"));
    for (const name of ["own.txt", "sub/o.txt"])
      expect(safe.filter((path) => path.endsWith(`/parts/${name}`) || path === `parts/${name}`)).not.toEqual(
        [],
      );
    disk.rename = rename;
    await make("split", ...both);
  }
});

test("what a rule that is gone has made does not stay", async () => {
  const { make, run, rules, parts, replaced } = workflow();
  await make("own");
  const { own: _, ...rest } = rules;
  await run(rest, { targets: ["split"] });
  expect(parts()).toEqual(["parts/a.txt", "parts/b.txt"]);
  expect(replaced()).toHaveLength(1);
});

test("an output that the folder's job has replaced by a file of its own goes when the job no longer makes it", async () => {
  const { make, disk, run, parts, replaced, rules } = workflow();
  const split = (names: readonly string[], params: number) =>
    rule({
      output: directory("parts"),
      params: { params },
      run: ({ output }) => {
        for (const name of names) {
          disk.makeFolder(dirname(`${output}/${name}`));
          disk.write(`${output}/${name}`, "of split");
        }
      },
    });
  for (const name of ["own.txt", "sub/o.txt"]) {
    await make(...both);
    expect(await run({ ...rules, split: split(["a.txt", name], 1) }, { targets: ["split"] })).toMatchObject({
      outcome: "done",
      total: 1,
    });
    expect(disk.text(`parts/${name}`)).toBe("of split");
    const kept = replaced();
    await run({ ...rules, split: split(["a.txt"], 2) }, { targets: ["split"] });
    expect(parts()).toEqual(["parts/a.txt", ...others.filter((path) => path !== `parts/${name}`)]);
    expect(replaced()).toEqual(kept);
  }
  // Made again by its own job, it stays.
  await make(...both);
  await run({ ...rules, split: split(["b.txt"], 3) }, { targets: ["split"] });
  expect(parts()).toEqual(["parts/b.txt", ...others]);
});
