/** What a run holds from its start to its end: the lock, the journal, and a watch on errors that no job owns. */
import { captureOutput, watchBodies } from "../calls/bodies.ts";
import type { FileSystem } from "../disk/files.ts";
import { type LockOptions, lockFor, lockHolder } from "../disk/lock.ts";
import { cannot } from "../errors.ts";
import type { Emit } from "../events.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import { limitYoungGeneration } from "../young-generation.ts";

export interface SessionOptions extends LockOptions {
  readonly emit?: Emit;
}

export class Session {
  readonly files: FileSystem;
  readonly emit: Emit;
  readonly journal: Journal;
  /** Saves the plan when the journal is closed. */
  save: () => void = () => {};
  /** Called before the journal is closed, the last one first. */
  readonly closers: (() => void | Promise<void>)[] = [];
  /** The run, set between its first and its last record. */
  #recorded: string | null = null;
  readonly #unlock: () => void;
  readonly #release: () => void;
  readonly #strays = Promise.withResolvers<never>();
  #abort: (error: unknown) => void;

  /** Takes the lock, opens the journal, and watches from now on. */
  constructor(options: SessionOptions, files: FileSystem) {
    const { emit = () => {}, withoutLock = false } = options;
    this.files = files;
    this.emit = emit;
    this.#strays.promise.catch(() => {});
    this.#abort = this.#strays.reject;
    this.#unlock = lockFor(options);
    const exited = (code: number) => this.#onExit(code);
    const late = (text: string) => this.warn(text);
    const release = watchBodies({ late, other: (error) => this.#abort(error), exited });
    const releaseOutput = captureOutput("show");
    this.#release = () => {
      release();
      releaseOutput();
      this.#unlock();
    };
    try {
      if (withoutLock) this.#warnOfHolder(options);
      else removeDrafts(files);
      this.journal = openJournal(files, { shared: withoutLock });
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  warn(text: string): void {
    this.emit({ kind: "warning", text });
  }

  /** The result of a step, unless an error outside any body comes first, which ends the run immediately. */
  unlessAborted<T>(step: Promise<T> | undefined): Promise<T | undefined> {
    return Promise.race([step, this.#strays.promise]);
  }

  /** Calls `listen` with the error that ends the run. */
  onAbort(listen: (error: unknown) => void): void {
    this.#strays.promise.catch(listen);
  }

  /** Nothing is left to wait for: an error from now on ends the process. */
  settle(): void {
    this.#abort = (error) => {
      this.#onExit(1);
      throw error;
    };
  }

  /** The run has its first record. */
  begin(id: string): void {
    this.#recorded = id;
  }

  /** The run has its last record. */
  end(outcome: string): void {
    const id = this.#recorded;
    if (id === null) return;
    this.#recorded = null;
    this.journal.append({ t: "end", id, at: Date.now(), outcome });
  }

  /** Writes the last record of a run that ends by an error, so that it does not count as killed. */
  fail(): void {
    try {
      this.end("failed");
    } catch {
      // For example, the disk is full. The original error is reported.
    }
  }

  /** From now on, many objects are long-lived, and garbage from bodies is not among them. */
  saveMemory(): void {
    this.closers.push(limitYoungGeneration());
  }

  async close(): Promise<void> {
    try {
      for (const close of this.closers.reverse()) await close();
      // A plan saved beside lines of another run would hide these lines.
      if (this.journal.close()) this.save();
    } finally {
      this.#release();
    }
  }

  /** Something inside the process, such as a hook, ends it. */
  #onExit(code: number): void {
    try {
      this.journal?.close();
    } finally {
      this.#unlock();
    }
    if (code !== 0) return;
    process.exitCode = 1;
    process.stderr.write(
      `${
        cannot("finish the run", "", "the workflow called process.exit()", {
          hint: "Hooks and bodies must return or throw, not end the process. Finished jobs are kept.",
        }).message
      }\n`,
    );
  }

  /** Two runs that make the same output do it twice; each still puts whole files in place. */
  #warnOfHolder({ files, folder }: SessionOptions): void {
    const holder = files === undefined ? lockHolder(folder) : null;
    if (holder !== null)
      this.warn(
        `Another run works in this folder: process ${holder.pid} on ${holder.host}, since ${holder.since}. Outputs that both runs want are made twice.`,
      );
  }
}

/** Removes half-written caches of a killed run. */
function removeDrafts(files: FileSystem): void {
  for (const name of files.list(".braid") ?? []) if (name.endsWith(".new")) files.remove(`.braid/${name}`);
}
