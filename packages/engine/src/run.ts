/** A run from the resolved workflow to its end: plan, assess, and do what is to be done. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { checkProtected, checkRoom } from "./before-run.ts";
import { watchBodies } from "./calls/bodies.ts";
import type { CallSpec } from "./calls/executor.ts";
import { workshop } from "./calls/job.ts";
import { capturePrints } from "./calls/prints.ts";
import { markBeside, removeOldMarks } from "./disk/beside.ts";
import { realFiles } from "./disk/files.ts";
import { lockFor, lockHolder } from "./disk/lock.ts";
import { cannot, messageOf } from "./errors.ts";
import type { Emit, Summary } from "./events.ts";
import { revokeLeftovers } from "./executors/queue/orphans.ts";
import { calledHook } from "./hooks.ts";
import { appendTexts, type Journal, openJournal } from "./journal/journal.ts";
import { configText } from "./journal/run-config.ts";
import { estimateSeconds, inOrderOfWork } from "./judge/assess.ts";
import { type PlanOptions, prepareRest } from "./judge/prepare.ts";
import { removeLeftovers, removeOwn } from "./leftovers.ts";
import { chooseExecutors, type Executors, type Places, runsHere, threadsHere } from "./places.ts";
import type { Rules } from "./rules/rule.ts";
import type { Decision, RunAhead } from "./rules/workflow.ts";
import type { Schedule } from "./schedule/schedule.ts";
import { schedule } from "./schedule/scheduler.ts";
import { version } from "./version.ts";
import { keepYoungSmall } from "./young-generation.ts";

export interface RunOptions extends PlanOptions, Places {
  /** ms since 1970; given by simulations. */
  readonly now?: () => number;
  /** Asked once when jobs are about to run; null leaves rules and source as they are. */
  readonly decide?: (ahead: RunAhead) => Promise<Decided | null>;
  readonly limits?: ReadonlyMap<string, number>;
  readonly keepGoing?: boolean;
  /** Leaves temporary outputs where they are. */
  readonly keepTemporary?: boolean;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait?: number;
  readonly retries?: number;
  /** Tells of each shell command as it starts. */
  readonly printCommands?: boolean;
  /** Tells of each job as it starts, and why it runs. */
  readonly tellJobs?: boolean;
  /** Runs beside whoever holds the lock, without taking it; what others may need is left alone then. */
  readonly withoutLock?: boolean;
  /** What the user typed, for the journal. */
  readonly command?: string;
  /** The checked config, for the journal. */
  readonly config?: unknown;
  readonly emit?: Emit;
  /** Called when the jobs are about to run, with what can stop them. */
  readonly onStart?: (schedule: Schedule) => void;
}

/** What was decided for one run: the rules that run, and what there is to book. */
export interface Decided extends Pick<Decision<unknown>, "resolved" | "said" | "resources"> {
  readonly rules: Rules;
}

/** Does what is to be done. Throws where it cannot begin; failed jobs are in the summary. */
export async function run(options: RunOptions): Promise<Summary> {
  const files = options.files ?? realFiles(options.folder);
  const { slots, emit = () => {}, withoutLock = false } = options;
  const unlock = lockFor(options);
  const warn = (text: string) => emit({ kind: "warning", text });
  let journal: Journal | undefined;
  let executors: Executors | undefined;
  let remember = () => {};
  let endFrugality = () => {};
  let unmark = () => {};
  /** The run, between its first and its last record. */
  let recorded: string | null = null;
  /** Somebody ends the process from inside, a hook perhaps. */
  const exited = (code: number) => {
    journal?.close();
    unlock();
    if (code !== 0) return;
    process.exitCode = 1;
    process.stderr.write(`${ended().message}\n`);
  };
  const strays = Promise.withResolvers<never>();
  strays.promise.catch(() => {});
  /** An error that no body threw ends the run, whatever it is at. */
  let abort = strays.reject;
  const unlessAborted = <T>(step: Promise<T> | undefined) => Promise.race([step, strays.promise]);
  const release = watchBodies({ late: warn, other: (error) => abort(error), exited });
  const releasePrints = capturePrints("show");
  try {
    if (withoutLock) warnOfHolder(options, warn);
    journal = openJournal(files, { shared: withoutLock });
    let prepared = prepareRest(options, files, journal.history);
    const { counts } = prepared;
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const estimate = estimateSeconds(counts, journal.history, slots);
    const removed = { files: prepared.removed.length, one: prepared.removed[0] ?? "" };
    emit({
      kind: "planned",
      total,
      rules: counts,
      slots,
      estimate,
      ...(options.executor === undefined ? {} : { queued: true }),
      ...(removed.files === 0 ? {} : { removed }),
    });
    if (total === 0) {
      const summary = nothingToDo();
      remember = () => prepared.remember(() => false);
      // What a killed run has left behind: nobody waits for it any more.
      if (!withoutLock) {
        revokeLeftovers(files);
        removeLeftovers(files, [], warn);
      }
      emit({ kind: "ended", summary });
      return summary;
    }
    checkProtected(prepared);
    checkRoom(prepared);
    const decided = await unlessAborted(
      options.decide?.({ jobs: counts, remote: options.executor !== undefined }),
    );
    if (decided) {
      // Of a plan that stands, what rules book and how many jobs make a call are the only things to change.
      if (booksOtherwise(options.rules, decided.rules))
        prepared = prepareRest({ ...options, rules: decided.rules }, files, journal.history);
      emit({ kind: "decided", said: decided.said });
    }
    const { hooks = {} } = options.settings ?? {};
    await unlessAborted(calledHook("onStart", () => hooks.onStart?.()));
    const id = runId();
    if (withoutLock) unmark = markBeside(files, id, options.command ?? "");
    const { history } = journal;
    const submitted = (external: string, calls: readonly CallSpec[]) =>
      journal?.append({ t: "submitted", run: id, external, calls: calls.map((call) => call.id) });
    const { folder } = options;
    executors = await chooseExecutors(withDecision(options, decided), {
      run: id,
      rules: Object.keys(options.rules),
      folder,
      files,
      history,
      warn,
      submitted,
    });
    const { remote } = executors.main;
    // Without the lock nobody can say whether the run that they belong to is gone.
    const orphans = withoutLock ? [] : ((await remote?.orphans()) ?? []);
    if (!withoutLock) {
      if (remote === undefined) revokeLeftovers(files);
      removeLeftovers(files, orphans, warn);
      removeOldMarks(files);
    }
    const config = configText(options.config);
    appendTexts(journal, [config]);
    journal.append({
      t: "run",
      run: {
        id,
        at: Date.now(),
        host: hostname(),
        pid: process.pid,
        command: options.command ?? "",
        executor: executors.main.name,
        planned: Object.fromEntries(inOrderOfWork(counts, prepared.plan)),
        slots,
        estimate,
        shape: prepared.shapes(),
        ...(decided ? { decided: decided.said } : {}),
        ...(config === null ? {} : { config: config.id }),
        versions: { braid: version(), node: process.versions.node },
      },
    });
    recorded = id;
    const shop = workshop(files, id);
    const { main, local } = executors;
    // Where bodies run elsewhere, what this thread makes is what it keeps.
    if (main !== local) endFrugality = keepYoungSmall();
    const scheduled = schedule({
      ...prepared,
      files,
      journal,
      workshop: shop,
      executorOf: (rule) => (runsHere(rule.spec, main) ? local : main),
      slots,
      ...(main.remote === undefined ? {} : { localSlots: threadsHere(options) }),
      limits: new Map([...Object.entries(decided?.resources ?? {}), ...(options.limits ?? [])]),
      keepGoing: options.keepGoing ?? false,
      keepTemporary: options.keepTemporary ?? false,
      latencyWait: options.latencyWait ?? 0,
      retries: options.retries ?? 0,
      printCommands: options.printCommands ?? false,
      tellJobs: options.tellJobs ?? false,
      logs: `.braid/logs/${id}`,
      ...(options.now === undefined ? {} : { now: options.now }),
      orphans,
      dismiss: (unwanted) => void remote?.dismiss(unwanted).catch((error) => warn(messageOf(error))),
      emit,
    });
    strays.promise.catch(scheduled.abort);
    options.onStart?.(scheduled);
    const summary = await scheduled.finished;
    remember = () => prepared.remember(scheduled.isSettled);
    prepared.rebuilder.recordSources(journal);
    journal.append({ t: "end", id, at: Date.now(), outcome: summary.outcome });
    recorded = null;
    if (!withoutLock) removeLeftovers(files, [], warn);
    else removeOwn(files, id);
    if (!journal.stands())
      warn(
        "Another run has rewritten the journal meanwhile: part of what this run made is not recorded, and will be made again or judged by its time.",
      );
    emit({ kind: "ended", summary });
    await unlessAborted(
      summary.outcome === "done"
        ? calledHook("onSuccess", () => hooks.onSuccess?.(summary))
        : calledHook("onError", () => hooks.onError?.(summary)),
    );
    // Nothing is left to wait for.
    abort = (error) => {
      exited(1);
      throw error;
    };
    return summary;
  } catch (error) {
    if (recorded !== null) sayFailed(journal, recorded);
    throw error;
  } finally {
    try {
      await executors?.close();
      // A plan that is written down beside lines of another run would hide them.
      if (journal?.close()) remember();
    } finally {
      endFrugality();
      release();
      releasePrints();
      unlock();
      unmark();
    }
  }
}

/** The last record of a run that ends by an error: it was not killed. */
function sayFailed(journal: Journal | undefined, id: string): void {
  try {
    journal?.append({ t: "end", id, at: Date.now(), outcome: "failed" });
  } catch {
    // The disk is full, say; the error itself is told.
  }
}

function ended(): Error {
  return cannot("finish the run", "", "something in the workflow has called process.exit()", {
    hint: "Hooks and bodies do not end the process: they return or throw. What was done is kept.",
  });
}

/** Two runs that make the same output do it twice; each still puts whole files in place. */
function warnOfHolder({ files, folder }: RunOptions, warn: (text: string) => void): void {
  const holder = files === undefined ? lockHolder(folder) : null;
  if (holder !== null)
    warn(
      `Another run works in this folder: process ${holder.pid} on ${holder.host}, since ${holder.since}. What both want is made twice.`,
    );
}

function booksOtherwise(planned: Rules, decided: Rules): boolean {
  return Object.entries(decided).some(([name, { resources, batch }]) => {
    const before = planned[name];
    return batch !== before?.batch || JSON.stringify(resources) !== JSON.stringify(before?.resources);
  });
}

function withDecision(options: RunOptions, decided: Decided | null | undefined): RunOptions {
  if (!decided) return options;
  const { rules, resolved } = decided;
  return { ...options, rules, ...(options.source && { source: { ...options.source, resolved } }) };
}

function nothingToDo(): Summary {
  return { outcome: "done", total: 0, done: 0, cutOff: 0, failed: [], blocked: 0, left: 0, seconds: 0 };
}

/** Sorts by time, and two runs of one second differ. */
function runId(): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}
