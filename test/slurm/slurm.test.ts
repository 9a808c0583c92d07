/** The executor `slurm` on a real Slurm with four nodes: ordinary runs, and everything that may die. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hurried } from "../command/profiles.ts";
import { root } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";
import { faults, type Head, leftovers, type Site, site, starts, until } from "./heads.ts";
import { type PrivateSlurm, slurmMissing, startSlurm } from "./private-slurm.ts";

const missing = slurmMissing();

/** Everything is looked at often. */
function profile(settings: Record<string, unknown> = {}) {
  const quick = { poll: 0.2, status: 1, latency: 1, submitRate: 20 };
  return { executor: "slurm", jobs: 8, "keep-going": true, slurm: { ...quick, ...settings } };
}
if (missing !== null) console.warn(`The tests on a real Slurm are skipped: ${missing}.`);

describe.skipIf(missing !== null)("on a Slurm of four nodes", { timeout: 300_000 }, () => {
  let home: string;
  let slurm: PrivateSlurm;
  /** Comes to its time limit, which Slurm counts in whole minutes, while the other tests run. */
  let overdue: { site: Site; head: Head };
  let reasons: { site: Site; head: Head };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), "braid-slurm-"));
    slurm = startSlurm(join(home, "slurm"));
    const at = site(
      slurm.env,
      join(home, "overdue"),
      "pieces.ts",
      ["--made", "1", "--pieces", "2", "--pause", "600000"],
      profile({ time: "00:01:00", target: 600, extra: ["--nodelist=n1"] }),
    );
    overdue = { site: at, head: at.start("--jobs", "1") };
    const other = site(slurm.env, join(home, "reasons"), "reasons.ts", [], profile({ target: 0 }));
    reasons = { site: other, head: other.start() };
  });
  afterAll(() => {
    for (const one of [overdue, reasons]) one?.head.process.kill("SIGKILL");
    slurm?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** A site of `pieces.ts`: `jobs` of about a second each unless `args` say otherwise. */
  function pieces(
    name: string,
    jobs: number,
    args: readonly string[] = [],
    settings: Record<string, unknown> = {},
  ): Site {
    return site(
      slurm.env,
      join(home, name),
      "pieces.ts",
      ["--made", String(jobs), ...args],
      profile(settings),
    );
  }

  test("2,000 trivial jobs and the gather over them end with the right sum, in a few arrays", async () => {
    const at = site(slurm.env, join(home, "trivial"), "trivial.ts", ["--made", "2000"], profile());
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(at.read("sum.txt")).toBe("2664667000\n");
    expect(leftovers(at)).toEqual([]);
    expect(await at.start().ended).toBe(0);
  });

  test("the multi-task experiment makes what it makes on one machine, in files and in stores", async () => {
    const workflow = join(root, "experiments/multitask/workflow.ts");
    const metrics = async (settings: Record<string, unknown>, layout = "files") => {
      const folder = madeUpExperiment({ factors: [0, 1], seeds: "0..1", epochs: 2 });
      const config = ["--configfile", join(folder, "config.yml"), "--sites", "01022500", "08070200"];
      const head = site(slurm.env, folder, workflow, [...config, "--layout", layout], settings).start();
      expect(await head.ended, head.output()).toBe(0);
      return readFileSync(join(folder, "expA/overall_metrics.csv"), "utf8");
    };
    const here = await metrics({ jobs: 2 });
    expect(here.trim().split("\n")).toHaveLength(1 + 2 * 2 * 2 * 2);
    expect(await metrics(profile())).toBe(here);
    expect(await metrics(profile(), "packed")).toBe(here);
  });

  test("a node that dies takes no job with it", async () => {
    const at = pieces("node", 8, ["--pieces", "12", "--pause", "700"]);
    const head = at.start();
    await until(head, "all jobs have begun", () => starts(at).size === 8);
    slurm.killNode(4);
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 8, 12)).toEqual([]);
    slurm.startNode(4);
    expect(leftovers(at)).toEqual([]);
  });

  test("a controller that dies just after a submission takes no job with it", async () => {
    const at = pieces("controller", 8, ["--pieces", "8", "--pause", "300"]);
    const head = at.start();
    await until(
      head,
      "the tasks are submitted",
      () => slurm.tell("squeue", "--noheader", "--name", nameOf(at)).length > 0,
    );
    slurm.killController();
    await sleep(2_000);
    slurm.startController();
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 8, 8)).toEqual([]);
  });

  test("a new head adopts what a killed one left running: no job runs twice", async () => {
    const at = pieces("head", 12, ["--pieces", "20", "--pause", "150"]);
    const first = at.start();
    await until(first, "jobs have begun", () => starts(at).size >= 6);
    first.process.kill("SIGKILL");
    await first.ended;
    await sleep(1_500);
    const second = at.start();
    expect(await second.ended, second.output()).toBe(0);
    expect(faults(at, 12, 20)).toEqual([]);
    expect([...starts(at).values()].every((times) => times === 1)).toBe(true);
    expect(leftovers(at)).toEqual([]);
  });

  test("a runner that is killed costs its job another attempt, and no other job", async () => {
    const at = pieces("runner", 4, ["--pieces", "20"], { target: 60 });
    const head = at.start("--jobs", "2", "--retries", "1");
    await until(head, "jobs have begun", () => starts(at).size >= 2);
    const [task] = readdirSync(join(at.folder, ".braid/tasks", runOf(at))).filter((name) =>
      name.endsWith(".ends"),
    );
    const { pid } = JSON.parse(at.read(join(".braid/tasks", runOf(at), task!)).split("\n")[0]!) as {
      pid: number;
    };
    process.kill(pid, "SIGKILL");
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 4, 20)).toEqual([]);
    expect([...starts(at).values()].sort()).toEqual([1, 1, 1, 2]);
  });

  test("a job over its own timeout fails by name; the others of its task are done", async () => {
    const at = pieces("timeout", 6, [
      "--pieces",
      "2",
      "--pause",
      "10",
      "--slow",
      "3",
      "--slowPause",
      "60000",
      "--timeout",
      "2",
    ]);
    const head = at.start("--jobs", "1");
    expect(await head.ended, head.output()).toBe(1);
    expect(head.output()).toContain("Failed: piece (n=3)");
    expect(head.output()).toContain("The job took longer than its timeout of 2 s.");
    expect(faults(at, 6, 2)).toEqual(["3 is not there"]);
  });

  test("scancel from outside stops the run, which says so; the same command goes on", async () => {
    const at = pieces("scancel", 8, ["--pieces", "20", "--pause", "200"]);
    const head = at.start();
    await until(head, "jobs have begun", () => starts(at).size >= 2);
    slurm.tell("scancel", "--name", nameOf(at));
    expect(await head.ended, head.output()).toBe(130);
    expect(head.output()).toContain("The task was cancelled from outside");
    expect(faults(at, 8, 20).length).toBeGreaterThan(0);
    const again = at.start();
    expect(await again.ended, again.output()).toBe(0);
    expect(faults(at, 8, 20)).toEqual([]);
  });

  test("Ctrl-C lets running jobs end and takes back what waits; nothing stays in the queue", async () => {
    const at = pieces("interrupt", 40, ["--pieces", "10", "--pause", "200"]);
    const head = at.start("--jobs", "20");
    await until(head, "jobs have begun", () => starts(at).size >= 4);
    head.process.kill("SIGINT");
    expect(await head.ended, head.output()).toBe(130);
    const begun = starts(at);
    expect(begun.size).toBeLessThan(40);
    expect(faults(at, 40, 10)).toHaveLength(40 - begun.size);
    expect(slurm.tell("squeue", "--noheader", "--name", nameOf(at))).toBe("");
  });

  test("of two heads at once the second is refused by name, and the first goes on", async () => {
    // Long enough that the first still runs when the second has started, on a busy machine too.
    const at = pieces("two", 4, ["--pause", "1000"]);
    const first = at.start();
    await until(first, "jobs have begun", () => starts(at).size > 0);
    const second = at.start();
    expect(await second.ended).toBe(2);
    expect(second.output()).toContain(
      `another run works in this folder\n  process  ${first.process.pid} on `,
    );
    expect(await first.ended, first.output()).toBe(0);
    expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
  });

  test("the profile for a command like --cluster's runs, and a controller that is away costs nothing", async () => {
    const at = site(
      slurm.env,
      join(home, "command"),
      "pieces.ts",
      ["--made", "4", "--pieces", "8", "--pause", "300"],
      hurried("cluster-command", home),
    );
    const head = at.start();
    await until(head, "jobs have begun", () => starts(at).size === 4);
    slurm.killController();
    await sleep(3_000);
    slurm.startController();
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 4, 8)).toEqual([]);
    expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
  });

  test("a squeue that answers with nothing costs no task: no job runs twice", async () => {
    const programs = join(home, "programs");
    mkdirSync(programs);
    writeFileSync(join(programs, "squeue"), "#!/bin/sh\nexit 0\n");
    chmodSync(join(programs, "squeue"), 0o755);
    const env = { ...slurm.env, PATH: `${programs}:${slurm.env.PATH}` };
    const args = ["--made", "4", "--pieces", "20", "--pause", "250"];
    const at = site(env, join(home, "silent"), "pieces.ts", args, profile({ latency: 0.3 }));
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 4, 20)).toEqual([]);
    expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
  });

  test("what Slurm would never start fails with its reason", async () => {
    const at = pieces("never", 2, [], { extra: ["--partition=short", "--time=10:00"] });
    const head = at.start();
    expect(await head.ended, head.output()).toBe(1);
    expect(head.output()).toContain(
      "Slurm would never start it: PartitionTimeLimit. Ask for less time in the profile.",
    );
    const refused = pieces("refused", 2, [], { partition: "nosuch" });
    const other = refused.start();
    expect(await other.ended, other.output()).toBe(1);
    expect(other.output()).toContain("invalid partition specified: nosuch");
  });

  test("a full disk ends the run with the reason; with space, the same command ends right", async (context) => {
    const folder = join(home, "full");
    mkdirSync(folder);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", folder]);
    if (mounted.status !== 0) return context.skip("a small file system cannot be mounted here");
    try {
      const at = pieces("full", 8, ["--pieces", "4", "--bytes", "200000"]);
      const head = at.start();
      expect(await head.ended, head.output()).not.toBe(0);
      expect(head.output()).toMatch(/the disk is full/i);
      expect(spawnSync("mount", ["-o", "remount,size=50m", folder]).status).toBe(0);
      const again = at.start();
      expect(await again.ended, again.output()).toBe(0);
      expect(faults(at, 8, 4)).toEqual([]);
    } finally {
      spawnSync("umount", ["--lazy", folder]);
    }
  });

  test("a job over Slurm's time limit is tried again with more time", async () => {
    const { head, site: at } = overdue;
    await until(head, "the first limit has passed", () => (starts(at).get(0) ?? 0) >= 2, 110);
    expect(head.output()).toMatch(/retrying: piece \(n=0\).*The task reached its time limit/);
    head.process.kill("SIGTERM");
    expect(await head.ended).toBe(130);
  });

  test("jobs are retried by reason: at the time limit in another partition with more time, after an exit code in the same", async () => {
    const { head, site: at } = reasons;
    expect(await head.ended, head.output()).toBe(0);
    expect(head.output()).toContain(
      "retrying: overdue, attempt 1: time limit reached after 1 min; trying again with 2 min and partition main",
    );
    expect(head.output()).toMatch(/retrying: code, attempt 1: .*exit code 75/);
    expect(at.read("overdue.txt")).toBe("main 2 2\n");
    expect(at.read("code.txt")).toBe("short 2 2\n");
  });

  /** The name of all tasks of the site's last run. */
  function nameOf(at: Site): string {
    return `braid-${runOf(at)}`;
  }

  function runOf({ folder }: Site): string {
    const logs = join(folder, ".braid/logs");
    return (existsSync(logs) ? readdirSync(logs) : []).sort().at(-1) ?? "none yet";
  }
});
