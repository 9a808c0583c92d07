/** The executor `command`, on queues that every machine has: processes of its own, and GNU parallel. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readHistory, realFiles } from "braid-engine";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { faults, leftovers, type Site, site, starts, until } from "../slurm/heads.ts";

/** Background processes as a queue. */
const processes = {
  submit: "setsid bash {script} > {log} 2>&1 < /dev/null & echo started {rule} as $!",
  status: "kill -0 {id} 2> /dev/null && echo RUNNING || true",
  cancel: "kill -TERM -- -{id} 2> /dev/null || true",
};

const python = spawnSync("python3", ["--version"]).status === 0;
if (!python) console.warn("The test of Python scripts in tasks is skipped: there is no python3.");

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "braid-command-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

function pieces(command: Record<string, unknown>, made: number, args: readonly string[] = []): Site {
  return site(process.env, join(home, "work"), "pieces.ts", ["--made", String(made), ...args], {
    executor: "command",
    jobs: 4,
    "keep-going": true,
    command: { poll: 0.1, status_every: 0.5, latency: 0.5, submitRate: 50, ...command },
  });
}

describe("with processes as the queue", () => {
  test("all jobs are done, and nothing is left behind", async () => {
    const at = pieces(processes, 6, ["--pause", "5"]);
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 6, 10)).toEqual([]);
    expect(leftovers(at)).toEqual([]);
    for (const { memory } of readHistory(realFiles(at.folder)).traces.values())
      expect(memory).toBeGreaterThan(20_000_000);
  });

  test("a new head adopts what a killed one left running", async () => {
    const at = pieces(processes, 4, ["--pause", "200"]);
    const first = at.start();
    await until(first, "all jobs have begun", () => starts(at).size === 4);
    first.process.kill("SIGKILL");
    await first.ended;
    const second = at.start();
    expect(await second.ended, second.output()).toBe(0);
    expect(faults(at, 4, 10)).toEqual([]);
    expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
  });

  test("a run on this machine takes back what a killed head left in the queue", async () => {
    const at = pieces(processes, 2, ["--pause", "300"]);
    const first = at.start();
    await until(first, "all jobs have begun", () => starts(at).size === 2);
    first.process.kill("SIGKILL");
    await first.ended;
    const tasks = join(at.folder, ".braid/tasks");
    const run = join(tasks, readdirSync(tasks)[0]!);
    const runners = readdirSync(run)
      .filter((name) => name.endsWith(".ends"))
      .map((name): number => JSON.parse(readFileSync(join(run, name), "utf8").split("\n")[0]!).pid);
    const second = at.start("--executor", "local");
    expect(await second.ended, second.output()).toBe(0);
    expect(faults(at, 2, 10)).toEqual([]);
    expect([...starts(at).values()]).toEqual([2, 2]);
    expect(leftovers(at)).toEqual([]);
    expect(runners).toHaveLength(2);
    // Each has ended with the next line of its record.
    const command = (pid: number) => `/proc/${pid}/cmdline`;
    expect(
      runners.filter((pid) => existsSync(command(pid)) && readFileSync(command(pid), "utf8") !== ""),
    ).toEqual([]);
  });

  test("what a killed head had put in place but not noted yet is noted by the new one, not made again", async () => {
    const at = pieces(processes, 4, ["--pause", "300"]);
    const first = at.start();
    await until(first, "all jobs have begun", () => starts(at).size === 4);
    first.process.kill("SIGKILL");
    await first.ended;
    const tasks = join(at.folder, ".braid/tasks");
    const run = join(tasks, readdirSync(tasks)[0]!);
    const over = () => (existsSync(join(run, "over")) ? readdirSync(join(run, "over")) : []);
    for (let tries = 0; over().length < 4 && tries < 200; tries++) await sleep(50);
    // As if it had died between its renames and the journal.
    for (const name of over()) {
      const call = JSON.parse(readFileSync(join(run, `${name}.json`), "utf8")) as {
        jobs: { key: string; output: string }[];
      };
      for (const { key, output } of call.jobs) {
        // A quick one it had put in place itself.
        if (!existsSync(resolve(at.folder, output))) continue;
        mkdirSync(dirname(join(at.folder, key)), { recursive: true });
        renameSync(resolve(at.folder, output), join(at.folder, key));
      }
    }
    const second = at.start();
    expect(await second.ended, second.output()).toBe(0);
    expect(faults(at, 4, 10)).toEqual([]);
    expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
    expect(leftovers(at)).toEqual([]);
  });

  test.skipIf(!existsSync("/dev/shm") || statSync("/dev/shm").dev === statSync(tmpdir()).dev)(
    "outputs on another disk are made there, and adopted there (skipped where /dev/shm is none)",
    async () => {
      const far = mkdtempSync("/dev/shm/braid-command-");
      onTestFinished(() => rmSync(far, { recursive: true }));
      const at = pieces(processes, 4, ["--pause", "200"]);
      symlinkSync(far, join(at.folder, "made"));
      const first = at.start();
      await until(first, "all jobs have begun", () => starts(at).size === 4);
      first.process.kill("SIGKILL");
      await first.ended;
      expect(readdirSync(far)).toContainEqual(expect.stringMatching(/^\.braid-staging-/));
      const second = at.start();
      expect(await second.ended, second.output()).toBe(0);
      expect(faults(at, 4, 10)).toEqual([]);
      expect([...starts(at).values()]).toEqual([1, 1, 1, 1]);
      expect(leftovers(at)).toEqual([]);
    },
  );

  test("a failure among the jobs that a new head adopts has its log, and fails only itself", async () => {
    const at = pieces(processes, 2, [
      "--pause",
      "100",
      "--slow",
      "1",
      "--slowPause",
      "60000",
      "--timeout",
      "3",
    ]);
    const first = at.start();
    await until(first, "all jobs have begun", () => starts(at).size === 2);
    first.process.kill("SIGKILL");
    await first.ended;
    const second = at.start();
    expect(await second.ended, second.output()).toBe(1);
    expect(second.output()).toContain("The job took longer than its timeout of 3 s.");
    expect(second.output()).not.toContain("ENOENT");
    expect(faults(at, 2, 10)).toEqual(["1 is not there"]);
  });

  test("jobs write on the machine's own disk first; what they have made is brought back, and nothing stays there", async () => {
    const disk = join(home, "disk");
    const setup = [`export OWN_DISK=${disk}`, 'mkdir -p "$OWN_DISK"'];
    const at = pieces({ ...processes, setup, scratch: "$OWN_DISK" }, 3, ["--pause", "200"]);
    const head = at.start();
    await until(head, "a job writes there", () => existsSync(disk) && readdirSync(disk).length > 0);
    expect(await head.ended, head.output()).toBe(0);
    expect(faults(at, 3, 10)).toEqual([]);
    expect(readdirSync(disk)).toEqual([]);
  });

  test.skipIf(!python)(
    "Python scripts are run by the tasks, one interpreter for all jobs of one",
    async () => {
      const settings = { executor: "command", jobs: 2, command: { ...processes, poll: 0.1 } };
      const at = site(process.env, join(home, "work"), "scripts.ts", [], settings);
      const head = at.start();
      expect(await head.ended, head.output()).toBe(0);
      const made = [1, 2, 3, 4, 5, 6].map((n) => at.read(`${n}.pid`));
      expect(new Set(made).size).toBe(2);
      expect(made[0]).toMatch(/^\d+ yes$/);
      expect(leftovers(at)).toEqual([]);
    },
  );

  test("the engine makes an environment, and the tasks start their commands in it", async () => {
    const bin = join(home, "bin");
    mkdirSync(bin);
    const take = '[ "$1" = pull ] && exec touch "$2"; test -f "$4" || exit 3; started=$4; shift 4';
    const run = 'STARTED_BY=$(basename "$started") exec "$@"';
    writeFileSync(join(bin, "apptainer"), `#!/bin/bash\n${take}\n${run}\n`, { mode: 0o755 });
    const settings = { executor: "command", jobs: 1, command: { ...processes, poll: 0.1 } };
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const at = site(env, join(home, "work"), "environment.ts", [], settings);
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(at.read("out.txt")).toMatch(/^[\w-]+\.sif\n?$/);
    expect(head.output()).toContain("Making the environment docker://python:3.12 with apptainer.");
  });

  test("a folder for scratch that the machine does not name fails the jobs with its name", async () => {
    const at = pieces({ ...processes, scratch: "$NO_SUCH_DISK/x" }, 1);
    const head = at.start();
    expect(await head.ended).toBe(1);
    expect(head.output()).toContain(
      'The scratch folder "$NO_SUCH_DISK/x" needs NO_SUCH_DISK, which is not set here.',
    );
  });

  test("a task that dies is seen, and its job runs again", async () => {
    const at = pieces(processes, 2, ["--pause", "300"]);
    const head = at.start();
    await until(head, "both jobs have begun", () => starts(at).size === 2);
    const run = spawnSync("ls", [join(at.folder, ".braid/tasks")], { encoding: "utf8" }).stdout.trim();
    const record = join(at.folder, ".braid/tasks", run, "0-0.ends");
    process.kill(JSON.parse(readFileSync(record, "utf8").split("\n")[0]!).pid, "SIGKILL");
    expect(await head.ended, head.output()).toBe(0);
    expect([...starts(at).values()].sort()).toEqual([1, 2]);
    expect(faults(at, 2, 10)).toEqual([]);
  });

  test("Ctrl-C twice ends the tasks; the outputs of jobs that were not done are not there", async () => {
    const at = pieces(processes, 4, ["--pause", "1000"]);
    const head = at.start();
    await until(head, "jobs have begun", () => starts(at).size >= 2);
    head.process.kill("SIGINT");
    await sleep(300);
    head.process.kill("SIGINT");
    expect(await head.ended, head.output()).toBe(130);
    expect(faults(at, 4, 10)).toHaveLength(4);
    expect(leftovers(at)).toEqual([]);
  });

  test("a submission that fails tells the command and what it said", async () => {
    const at = pieces({ ...processes, submit: "echo no such queue {name} >&2; exit 3" }, 1);
    const head = at.start();
    expect(await head.ended).toBe(1);
    expect(head.output()).toMatch(/submit failed: no such queue braid-[\s\S]*ended with exit code 3\./);
  });

  test("an unknown name in a command is told with the nearest one", async () => {
    const at = pieces({ ...processes, submit: "run {skript}" }, 1);
    const head = at.start();
    expect(await head.ended).toBe(1);
    expect(head.output()).toContain('Cannot fill the command "run {skript}": there is no value for {skript}');
    expect(head.output()).toContain("Did you mean {script}?");
  });

  test("a mistake in the profile is told with its key and line", async () => {
    const at = pieces({ ...processes, latency: "soon" }, 1);
    const head = at.start();
    expect(await head.ended).toBe(2);
    expect(head.output()).toContain('command.latency is "soon"');
  });

  test("settings for a rule that is not there are told, with the nearest name", async () => {
    const at = pieces({ ...processes, rules: { peice: { time: "1" } } }, 1, ["--pause", "1"]);
    const head = at.start();
    expect(await head.ended, head.output()).toBe(0);
    expect(head.output()).toContain(
      'The profile has settings for the rule "peice", which the workflow does not have. Did you mean "piece"?',
    );
  });
});

const parallel = spawnSync("parallel", ["--version"]).status === 0;
if (!parallel) console.warn("The test with GNU parallel is skipped: it is not installed (Debian: parallel).");

test.skipIf(!parallel)("GNU parallel takes the scripts of an array at once", async () => {
  const profile = join(import.meta.dirname, "../../profiles/parallel-ssh.yml");
  const at = site(process.env, join(home, "work"), "pieces.ts", ["--made", "6", "--pause", "5"], profile);
  writeFileSync(join(at.folder, "hosts.txt"), ":\n");
  const head = at.start();
  expect(await head.ended, head.output()).toBe(0);
  expect(faults(at, 6, 10)).toEqual([]);
});
