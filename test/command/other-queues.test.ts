/**
 * The profiles for PBS, LSF and SGE as they stand, on stand-ins whose commands take and print what the manuals of
 * the real ones say (none of these queues can be installed here).
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faults, leftovers, type Site, site, starts, until } from "../slurm/heads.ts";
import { hurried } from "./profiles.ts";

const commands = {
  pbs: ["qsub", "qstat", "qdel"],
  lsf: ["bsub", "bjobs", "bkill"],
  sge: ["qsub", "qstat", "qdel"],
} as const;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "braid-queues-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

/** A site that uses the queue `kind` by its profile, looked at often. */
function pieces(kind: keyof typeof commands, jobs: number, args: readonly string[] = []): Site {
  const bin = join(home, "bin");
  mkdirSync(bin);
  for (const name of commands[kind]) symlinkSync(join(import.meta.dirname, "stand-in.sh"), join(bin, name));
  mkdirSync(join(home, "queue"));
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    QUEUE_KIND: kind,
    QUEUE_HOME: join(home, "queue"),
  };
  return site(env, join(home, "work"), "pieces.ts", ["--made", String(jobs), ...args], hurried(kind, home));
}

/** The process of a task that is under way. */
function runner(at: Site): number {
  const folder = join(at.folder, ".braid/tasks");
  for (const run of readdirSync(folder))
    for (const name of readdirSync(join(folder, run)).filter((name) => name.endsWith(".ends"))) {
      const record = readFileSync(join(folder, run, name), "utf8");
      if (!record.includes('"over"')) return JSON.parse(record.split("\n")[0]!).pid;
    }
  throw new Error("No task is under way");
}

/** A process that was killed and that nobody waits for has no command any more. */
function isAlive(pid: number): boolean {
  const command = `/proc/${pid}/cmdline`;
  return existsSync(command) && readFileSync(command, "utf8") !== "";
}

describe.each(["pbs", "lsf", "sge"] as const)("the profile for %s", (kind) => {
  test("runs all jobs; a task that dies is seen; a server that is away for a while costs nothing", async () => {
    const at = pieces(kind, 3, ["--pieces", "5", "--pause", "800"]);
    const head = at.start("--jobs", "2", "--retries", "1");
    await until(head, "jobs have begun", () => starts(at).size === 2);
    const away = join(home, "queue/away");
    writeFileSync(away, "");
    process.kill(runner(at), "SIGKILL");
    await until(head, "that is noticed", () => head.output().includes("The queue does not answer"));
    await sleep(1_500);
    expect([...starts(at).values()]).toEqual([1, 1]);
    rmSync(away);
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 3, 5)).toEqual([]);
    expect([...starts(at).values()].sort()).toEqual([1, 1, 2]);
    expect(leftovers(at)).toEqual([]);
  });

  test("waits with submissions while the server is away", async () => {
    const at = pieces(kind, 2, ["--pause", "5"]);
    writeFileSync(join(home, "queue/away"), "");
    const head = at.start();
    await until(head, "the queue is busy", () =>
      head.output().includes("The queue takes no more tasks for now"),
    );
    expect(existsSync(join(at.folder, "starts.txt"))).toBe(false);
    rmSync(join(home, "queue/away"));
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 2, 10)).toEqual([]);
  });

  test("takes its tasks back at a second Ctrl-C", async () => {
    const at = pieces(kind, 3, ["--pause", "3000"]);
    const head = at.start("--jobs", "2");
    await until(head, "jobs have begun", () => starts(at).size === 2);
    const pid = runner(at);
    head.process.kill("SIGINT");
    await sleep(300);
    head.process.kill("SIGINT");
    expect(await head.ended, head.output()).toBe(130);
    expect(readFileSync(join(home, "queue/commands"), "utf8")).toMatch(/^(qdel|bkill) .*\d/m);
    expect(isAlive(pid)).toBe(false);
    expect(faults(at, 3, 10)).toHaveLength(3);
  });
});
