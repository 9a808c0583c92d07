/** The benchmark at a hundredth of its size: that it measures what it says, not how long that takes. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyFolder } from "../../support/command.ts";
import { fileJobs, jobCount } from "./graph.ts";
import { murmurHash64A } from "./ninja.ts";
import type { Figure } from "./rows.ts";
import { table } from "./table.ts";

const root = join(import.meta.dirname, "../../..");

test("the graph has the jobs of the blog", () => {
  const scale = { sites: 101, factors: 9, seeds: 30 };
  expect(jobCount(scale)).toBe(81_913);
  // `all` makes no file.
  expect([...fileJobs(scale)].length).toBe(81_912);
});

test("commands are hashed as Ninja does", () => {
  // From a log that Ninja 1.11 wrote.
  expect(murmurHash64A("touch expA/site_id_01013500/prepped_data.npz").toString(16)).toBe("9d426267d0248ff5");
});

test("the table gives ratios to Ninja where it took long enough to be measured", () => {
  const figure = (engine: string, cpu: number): Figure => ({
    row: "no-op",
    engine,
    jobs: 5,
    cpu,
    wall: 1,
    memory: 10,
  });
  expect(table([figure("braid", 1), figure("ninja", 2)])).toContain("| no-op | 5 | braid | 1.00 | 0.50 x |");
  expect(table([figure("braid", 1), figure("ninja", 0.01)])).not.toContain(" x |");
});

test.skipIf(!existsSync("/usr/bin/time"))(
  "at a hundredth of the size every engine has the jobs of the graph, row by row",
  { timeout: 300_000 },
  () => {
    const history = emptyFolder();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["scripts/start.mjs", "test/bench/engine.ts", "--small", "--json", "--record", history],
      { cwd: root, encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    const figures = JSON.parse(stdout) as Figure[];
    const ours = figures.filter(({ engine }) => engine === "braid").map(({ row, jobs }) => [row, jobs]);
    expect(ours).toEqual([
      ["dry run, nothing built", 813],
      ["trivial jobs really run", 813],
      ["no-op, all built", 0],
      ["1 % missing, dry run", 8],
      ["ten times the jobs, dry run", 8_112],
      ["trivial jobs really run", 28],
      ["Python scripts really run", 15],
    ]);
    for (const { cpu, memory } of figures) {
      expect(cpu).toBeGreaterThanOrEqual(0);
      expect(memory).toBeGreaterThan(0);
    }
    const [file] = readdirSync(history);
    const recorded = JSON.parse(readFileSync(join(history, file!), "utf8"));
    expect(recorded).toMatchObject({ bench: "bench engine", options: expect.arrayContaining(["--small"]) });
    expect(
      recorded.figures.map(({ ratioToNinja: _, ...figure }: Figure & { ratioToNinja: unknown }) => figure),
    ).toEqual(figures);
  },
);
