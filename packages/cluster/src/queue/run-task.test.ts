/** A task's runner in a folder of its own. */
import { execSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CallEvents, type CallSpec, type Executor, realFiles } from "braid-engine/executor";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runTask } from "./run-task.ts";
import { callPath, endsPath, overFolder, type RunManifest } from "./task.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-task-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("while a long job runs, the record's time moves; taking the task back does not bring it back", async () => {
  const files = realFiles(folder);
  const task = "r/0-0";
  const manifest: RunManifest = { url: "", resolved: null, beat: 0.02 };
  files.makeFolder(overFolder("r"));
  files.write(".braid/tasks/r/run.json", JSON.stringify(manifest));
  const job = { order: 0, attempt: 1, output: "out", staging: "staging" };
  files.write(callPath(task), JSON.stringify({ id: 0, rule: "x", batch: 1, jobs: [job], resources: {} }));
  const record = files.real(endsPath(task));
  let beats = 0;
  const executor = {
    async run() {
      for (; beats < 2; beats++) {
        utimesSync(record, 1, 1);
        while (files.stat(endsPath(task))!.mtime === 1_000) await sleep(5);
      }
      files.remove(endsPath(task));
      await sleep(60);
      expect(files.stat(endsPath(task))).toBeNull();
    },
    cancel() {},
    stop() {},
    async close() {},
  } as unknown as Executor;
  await runTask({ task, folder, cpus: 1, gpus: [], executor: () => executor }).catch(() => {});
  expect(beats).toBe(2);
  expect(files.stat(endsPath(task))).toBeNull();
});

test("a task tells when its jobs ran and how their outputs look, but where one is a link, no file or unreadable: that is for the engine to see", async () => {
  const files = realFiles(folder);
  files.makeFolder(overFolder("r"));
  files.write(".braid/tasks/r/run.json", JSON.stringify({ url: "", resolved: null, beat: 1 }));
  const outputs = ["odd", "plain", "link", "folder", "pipe"];
  const jobs = outputs.map((output, order) => ({ order, attempt: 1, output, staging: "staging" }));
  files.write(callPath("r/0-0"), JSON.stringify({ id: 0, rule: "x", batch: 5, jobs, resources: {} }));
  execSync(
    "echo 1 > plain; ln -s plain link; mkdir folder odd; ln -s ../plain folder/in; mkfifo pipe; touch \"$(printf 'odd/\\377')\"",
    { cwd: folder },
  );
  const executor = {
    async run(_: unknown, events: CallEvents) {
      const times = { start: 1_000, end: 5_000, share: 4, cpu: 7 };
      outputs.forEach((_, order) => void events.done(order, times));
    },
    async close() {},
  } as unknown as Executor;
  const told: string[] = [];
  await runTask({ task: "r/0-0", folder, cpus: 1, gpus: [], executor: () => executor }).catch(() => {});
  for (const line of Buffer.from(files.read(endsPath("r/0-0")))
    .toString()
    .trim()
    .split("\n")) {
    const { t, order, prints, ...times } = JSON.parse(line);
    if (t === "done") expect(times).toMatchObject({ start: 1_000, end: 5_000, share: 4, cpu: 7 });
    if (t === "done" && prints !== undefined) told.push(outputs[order]!);
  }
  expect(told).toEqual(["plain"]);
});

test("a task tells why its jobs failed, and why one ended its worker", async () => {
  const files = realFiles(folder);
  files.makeFolder(overFolder("r"));
  files.write(".braid/tasks/r/run.json", JSON.stringify({ url: "", resolved: null, beat: 1 }));
  const jobs = [0, 1].map((order) => ({ order, attempt: 1, output: `${order}`, staging: "staging" }));
  files.write(callPath("r/0-0"), JSON.stringify({ id: 0, rule: "x", batch: 1, jobs, resources: {} }));
  const executor = {
    async run({ jobs: [job] }: CallSpec, events: CallEvents) {
      if (job!.order === 0) events.failed(0, "It failed.", { reason: "exit", exitCode: 75 });
      throw Object.assign(new Error("It ended."), { status: 9, signal: null });
    },
    async close() {},
  } as unknown as Executor;
  await runTask({ task: "r/0-0", folder, cpus: 2, gpus: [], executor: () => executor });
  const failures = new TextDecoder()
    .decode(files.read(endsPath("r/0-0")))
    .trim()
    .split("\n")
    .flatMap((line) => JSON.parse(line).failure ?? []);
  expect(failures).toEqual([
    { reason: "exit", exitCode: 75 },
    { reason: "exit", exitCode: 9 },
  ]);
});

test("a task whose machine does not have the disk of the outputs says so before a body runs", async () => {
  const files = realFiles(folder);
  files.makeFolder(overFolder("r"));
  files.write(".braid/tasks/r/run.json", JSON.stringify({ url: "", resolved: null, beat: 1 }));
  const staging = join(folder, "out/.braid-staging-r/0");
  const job = { order: 0, attempt: 1, output: `${staging}/x`, staging };
  files.write(callPath("r/0-0"), JSON.stringify({ id: 0, rule: "x", batch: 1, jobs: [job], resources: {} }));
  let ran = false;
  const executor = {
    async run() {
      ran = true;
    },
    async close() {},
  } as unknown as Executor;
  await runTask({ task: "r/0-0", folder, cpus: 1, gpus: [], executor: () => executor });
  const [last] = new TextDecoder()
    .decode(files.read(endsPath("r/0-0")))
    .trim()
    .split("\n")
    .reverse();
  const { error, hopeless } = JSON.parse(last!);
  expect(error).toContain(
    `Cannot make outputs in "${folder}/out": ${hostname()} does not have the same disk there`,
  );
  expect([hopeless, ran, files.stat("out")]).toEqual([true, false, null]);
});

test("a job writes on the machine's own disk; only if it has succeeded, its outputs are brought back, before it counts as done", async () => {
  const files = realFiles(folder);
  files.makeFolder(overFolder("r"));
  const scratch = join(folder, "own-disk");
  mkdirSync(scratch);
  const manifest: RunManifest = { url: "", resolved: null, beat: 1, scratch };
  files.write(".braid/tasks/r/run.json", JSON.stringify(manifest));
  const staging = ["good", "bad"].map((name) => join(folder, `staging-${name}`));
  const jobs = staging.map((at, order) => ({ order, attempt: 1, output: join(at, "deep/out"), staging: at }));
  files.write(callPath("r/0-0"), JSON.stringify({ id: 0, rule: "x", batch: 2, jobs, resources: {} }));
  const executor = {
    async run({ jobs: inside }: CallSpec, events: CallEvents) {
      for (const { order, output } of inside) {
        expect((output as string).startsWith(join(scratch, "braid-"))).toBe(true);
        writeFileSync(output as string, `made by ${order}`);
      }
      expect(staging.map((at) => existsSync(join(at, "deep/out")))).toEqual([false, false]);
      events.done(0, { share: 1, cpu: 1 } as Parameters<CallEvents["done"]>[1]);
      events.failed(1, "no");
    },
    async close() {},
  } as unknown as Executor;
  expect(await runTask({ task: "r/0-0", folder, cpus: 1, gpus: [], executor: () => executor })).toBe(0);
  expect(readFileSync(join(staging[0]!, "deep/out"), "utf8")).toBe("made by 0");
  expect(existsSync(join(staging[1]!, "deep/out"))).toBe(false);
  expect(readdirSync(scratch)).toEqual([]);
});
