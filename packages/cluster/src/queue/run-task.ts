/**
 * A task from its claim to the last line of its record, on the machine where it runs.
 *
 * Jobs run in worker threads, as many at once as the allocation has CPUs for. Jobs that are lost with a worker are retried
 * one by one, so that the failure is reported for the job that caused it.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import {
  BraidError,
  type CallSpec,
  type Cost,
  cannot,
  costOf,
  defaultHashLimit,
  type Executor,
  type Failure,
  type FileSystem,
  type Fingerprint,
  failureOf,
  type JobSpec,
  messageOf,
  ownFolder,
  realFiles,
  takeFingerprint,
} from "braid-engine/executor";
import { scratchJob } from "./scratch.ts";
import {
  type EndRecord,
  endsPath,
  overFolder,
  type RunManifest,
  readCall,
  readText,
  runFolder,
  runOf,
  stopPath,
  taskName,
} from "./task.ts";

export interface TaskOptions {
  /** `<run>/<array>-<index>` */
  readonly task: string;
  /** The working folder. */
  readonly folder: string;
  /** CPUs of the allocation. */
  readonly cpus: number;
  /** Numbers of the GPUs of the allocation, as programs in it count them. */
  readonly gpus: readonly number[];
  /** Makes the executor that runs the jobs here. */
  readonly executor: (manifest: RunManifest, call: CallSpec) => Executor | Promise<Executor>;
}

/** How the runner ended: its exit code says the same. */
const exitCodes = { done: 0, nothing: 0, "taken back": 0, broken: 1, "no space": 28 } as const;

/** Runs a task unless another runner has started it or it was cancelled; resolves with the exit code. */
export async function runTask({ task, folder, cpus, gpus, executor }: TaskOptions): Promise<number> {
  const files = realFiles(folder);
  const start = { t: "start", at: Date.now(), host: hostname(), pid: process.pid } satisfies EndRecord;
  if (!files.create(endsPath(task), line(start))) return exitCodes.nothing;
  const call = readCall(files, task);
  if (call === null) {
    files.remove(endsPath(task));
    return exitCodes.nothing;
  }
  const manifest = JSON.parse(readText(files, `${runFolder(runOf(task))}/run.json`)!) as RunManifest;
  const record = recorder(files.real(endsPath(task)));
  const beating = manifest.beat === undefined ? undefined : beat(files, task, manifest.beat);
  let fault: string | undefined;
  let hopeless = false;
  try {
    const main = await executor(manifest, call);
    await runJobs(call, { files, task, cpus, gpus, manifest, record, main });
  } catch (error) {
    if (record.state === "taken back") return exitCodes["taken back"];
    if (record.state === "no space") return exitCodes["no space"];
    fault = messageOf(error);
    hopeless = error instanceof BraidError;
  } finally {
    clearInterval(beating);
  }
  record.add({ t: "over", ...(fault === undefined ? {} : { error: fault, hopeless }) });
  files.write(`${overFolder(runOf(task))}/${taskName(task)}`, "");
  return fault === undefined ? exitCodes.done : exitCodes.broken;
}

/** Moves the record's time now and then: the engine sees that the task lives, whatever the queue says. */
function beat(files: FileSystem, task: string, seconds: number): NodeJS.Timeout {
  return setInterval(() => {
    try {
      files.touch(endsPath(task));
    } catch {
      // The task was cancelled, or the disk is gone: writing the next line of the record will tell.
    }
  }, seconds * 1_000).unref();
}

interface Workplace {
  readonly files: FileSystem;
  readonly task: string;
  readonly cpus: number;
  readonly gpus: readonly number[];
  readonly manifest: RunManifest;
  readonly record: Recorder;
  readonly main: Executor;
}

async function runJobs(call: CallSpec, place: Workplace): Promise<void> {
  const { files, task, cpus, gpus, manifest, record, main } = place;
  const { threads = 1, gpu = 0 } = call.resources;
  const lanes = Math.max(
    1,
    Math.min(Math.floor(cpus / threads), gpu === 0 ? cpus : Math.floor(gpus.length / gpu)),
  );
  const chunks = cut(call, lanes);
  /** Called from message handlers, which must not throw: if the record cannot be written, ends the workers. */
  const say = (line: EndRecord) => {
    try {
      record.add(line);
    } catch {
      main.cancel();
    }
  };
  const stopped = () => files.stat(stopPath(runOf(task))) !== null;

  async function lane(number: number): Promise<void> {
    // Each lane has devices of its own.
    const own = gpus.slice(number * gpu, (number + 1) * gpu);
    for (let chunk = chunks.shift(); chunk !== undefined && !stopped(); chunk = chunks.shift()) {
      const open = new Map(chunk.map((job) => [job.order, job]));
      const locals = new Map(chunk.map((job) => [job.order, scratchJob(job, manifest.scratch)]));
      checkDisks(files, chunk);
      for (const { inside } of locals.values()) makeFolders(files, inside);
      record.add({ t: "begin", orders: [...open.keys()] });
      const began = Date.now();
      const end = (order: number): JobSpec | undefined => {
        const job = open.get(order);
        open.delete(order);
        return job;
      };
      const fail = (order: number, error: string, failure?: Failure) => {
        if (end(order) === undefined) return;
        say({ t: "failed", order, error, ...(failure && { failure }) });
      };
      try {
        await main.run(
          { ...call, gpus: own, jobs: chunk.map((job) => locals.get(job.order)!.inside) },
          {
            failed: fail,
            done(order, report) {
              const job = end(order);
              if (job === undefined) return;
              try {
                locals.get(order)!.bringBack();
              } catch (error) {
                say({ t: "failed", order, error: messageOf(error) });
                return;
              }
              const times = { start: began, end: Date.now(), ...report };
              say({ t: "done", order, ...times, ...printsOf(files, job), ...costHere(report) });
              if (stopped()) main.stop();
            },
          },
        );
      } catch (error) {
        // A workflow that cannot be loaded here fails all jobs alike.
        if (record.state !== "open" || error instanceof BraidError) throw error;
        // One of them ended the worker: run each alone to find out which.
        const left = [...open.values()];
        if (left.length === 1) fail(left[0]!.order, messageOf(error), failureOf(error));
        else chunks.push(...left.map((job) => [job]));
      } finally {
        for (const { clean } of locals.values()) clean();
      }
    }
  }

  try {
    const ends = await Promise.allSettled(
      Array.from({ length: Math.min(lanes, chunks.length) }, (_, number) => lane(number)),
    );
    const fault = ends.find((each) => each.status === "rejected");
    if (fault !== undefined) throw fault.reason;
  } finally {
    await main.close();
  }
}

/** The jobs in portions for one body call each: by the rule's batch, and fine enough to keep all lanes busy. */
function cut({ jobs, batch, together }: CallSpec, lanes: number): JobSpec[][] {
  const share = Math.ceil(jobs.length / lanes / (lanes > 1 && !together ? 4 : 1));
  const size = together ? Math.min(batch, share) : share;
  return Array.from({ length: Math.ceil(jobs.length / size) }, (_, i) =>
    jobs.slice(i * size, (i + 1) * size),
  );
}

/**
 * Throws where the engine has made a staging folder on a disk that this machine does not have: what is written to a
 * folder of the same name here would never be seen there.
 */
function checkDisks(files: FileSystem, jobs: readonly JobSpec[]): void {
  for (const folder of new Set(jobs.map((job) => dirname(job.staging))))
    if (basename(folder).startsWith(ownFolder) && files.stat(folder) === null)
      throw cannot("make outputs in", dirname(folder), `${hostname()} does not have the same disk there`, {
        facts: [["missing", folder]],
        hint: "Put the output folder on a disk that all machines share.",
      });
}

function makeFolders(files: FileSystem, job: JobSpec): void {
  files.makeFolder(job.staging);
  for (const path of pathsIn(job.output)) files.makeFolder(dirname(path));
}

/** Every path of a shape, in order. */
function pathsIn(shape: unknown): string[] {
  if (typeof shape === "string") return [shape];
  return typeof shape === "object" && shape !== null ? Object.values(shape).flatMap(pathsIn) : [];
}

/** The fingerprints of the outputs, while their content is still in this machine's memory. */
function printsOf(files: FileSystem, job: JobSpec): { prints?: Fingerprint[] } {
  const paths = pathsIn(job.output);
  try {
    // The engine itself checks links, special files, and files that are missing or cannot be read.
    if (paths.some((path) => isUnusual(files, path))) return {};
    const prints = paths.map((path) => takeFingerprint(files, path, defaultHashLimit));
    return prints.every((print) => print !== null) ? { prints } : {};
  } catch {
    return {};
  }
}

function isUnusual(files: FileSystem, path: string): boolean {
  const stat = files.linkStat(path);
  return (
    stat?.link === true ||
    stat?.special === true ||
    (stat?.directory === true && files.links(path).length > 0)
  );
}

/** A job without a memory figure ran in this process: use the peak of the process so far. */
function costHere(cost: Cost = {}): Cost {
  return { memory: process.resourceUsage().maxRSS * 1_024, ...costOf(cost) };
}

interface Recorder {
  /** Appends a line; throws where the task was taken back or the disk stays full. */
  add(record: EndRecord): void;
  readonly state: "open" | "taken back" | "no space";
}

/** Milliseconds to wait for space on a full disk. */
const patience = 20_000;

function recorder(path: string): Recorder {
  let state: Recorder["state"] = "open";
  let torn = false;
  return {
    get state() {
      return state;
    },
    add(record) {
      const until = Date.now() + patience;
      for (;;) {
        try {
          // Opened for each line and never created again: if the record was removed, this runner ends.
          const handle = openSync(path, constants.O_WRONLY | constants.O_APPEND);
          try {
            const text = Buffer.from(torn ? `\n${line(record)}` : line(record));
            const written = writeSync(handle, text);
            torn = written < text.length;
            if (!torn) return;
          } finally {
            closeSync(handle);
          }
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === "ENOENT") state = "taken back";
          else if ((code === "ENOSPC" || code === "EDQUOT") && Date.now() < until) {
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
            continue;
          } else if (code === "ENOSPC" || code === "EDQUOT") state = "no space";
          throw error;
        }
      }
    },
  };
}

function line(record: EndRecord): string {
  return `${JSON.stringify(record)}\n`;
}
