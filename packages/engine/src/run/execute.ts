/** The third phase of a run: chooses executors, runs jobs until all have settled, and records how they ended. */
import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";
import type { CallSpec } from "../calls/executor.ts";
import { jobStaging } from "../calls/job-staging.ts";
import type { ReplacedOutput } from "../calls/place-outputs.ts";
import { defaultHashLimit } from "../disk/fingerprint.ts";
import { markUnlockedRun, removeDeadMarks } from "../disk/holder.ts";
import { locator } from "../disk/locate.ts";
import { cannot, messageOf } from "../errors.ts";
import type { Summary } from "../events.ts";
import { appendTexts, journalPath } from "../journal/journal.ts";
import { configText, ruleShapes } from "../journal/run-record.ts";
import { version } from "../packages.ts";
import { describeJob, missingError } from "../plan/plan-errors.ts";
import { environmentsFolder } from "../rules/code.ts";
import type { AnyRule, Rules } from "../rules/rule.ts";
import { type Prepared, prepareFromSaved } from "../staleness/prepare.ts";
import { checkLogs, checkOutputs } from "./checks.ts";
import {
  addedFilesText,
  recordFileStates,
  removeLeftovers,
  removeOwnStaging,
  removeTemporary,
  revokeTasks,
  setAsideTexts,
} from "./cleanup.ts";
import { chooseExecutors, type Executors, runsHere, threadsHere } from "./executor-choice.ts";
import type { Decided, PreparedRun, RunOptions } from "./options.ts";
import type { Orphans, OutputSetAside, Schedule } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";
import type { Session } from "./session.ts";
import { checkSpace } from "./space.ts";

/** What jobs run with. */
interface RunSetup extends PreparedRun {
  readonly decided: Decided | null | undefined;
  readonly executors: Executors;
  readonly orphans: Orphans | null;
}

export async function execute(session: Session, options: RunOptions, ahead: PreparedRun): Promise<Summary> {
  check(session, options, ahead.prepared);
  await makeEnvironments(session, options, ahead);
  const setup = await begin(session, options, ahead);
  const summary = await executeJobs(session, options, setup);
  session.emit({ kind: "ended", summary });
  await callEndHook(session, options, summary);
  return summary;
}

/** Calls the workflow's `decide` and `onStart`, and chooses executors: from here on the run leaves traces. */
async function begin(session: Session, options: RunOptions, ahead: PreparedRun): Promise<RunSetup> {
  const { files, journal } = session;
  const { withoutLock = false, settings: { hooks = {} } = {} } = options;
  const decided = await session.unlessAborted(
    options.decide?.({ jobs: ahead.forecast.all, remote: options.executor !== undefined }),
  );
  // The plan is made: only what rules request and their batch sizes can still change.
  const prepared =
    decided && hasOtherRequests(options.rules, decided.rules)
      ? prepareFromSaved({ ...options, rules: decided.rules }, files, journal.history)
      : ahead.prepared;
  if (decided) session.emit({ kind: "decided", said: decided.said });
  await session.unlessAborted(callHook("onStart", () => hooks.onStart?.()));
  const { id } = ahead;
  if (withoutLock) session.closers.push(markUnlockedRun(files, id, options.command ?? ""));
  const executors = await openExecutors(session, withDecision(options, decided), id);
  const orphans = await findOrphans(session, executors, withoutLock);
  return { ...ahead, prepared, decided, executors, orphans };
}

/** Checks before the first body runs. With `keepGoing`, jobs whose outputs cannot be replaced fail by themselves. */
function check(session: Session, options: RunOptions, prepared: Prepared): void {
  const locate = locator(prepared.files);
  if (!options.keepGoing) checkOutputs(prepared, locate);
  checkLogs(prepared.files);
  checkSpace(prepared, locate, options, (text) => session.warn(text));
}

/** Makes the environments of the rules that have jobs. */
async function makeEnvironments(session: Session, options: RunOptions, ahead: PreparedRun): Promise<void> {
  const { files } = session;
  // Any rule may get jobs when files are made that decide which.
  const grows = ahead.prepared.plan.afterInputs.size > 0;
  const wanted = Object.entries(options.rules).filter(
    ([name, { env }]) => env !== undefined && (grows || ahead.forecast.all.has(name)),
  );
  if (wanted.length === 0) return;
  const environment = await import("../programs/environment.ts");
  await environment.makeEnvironments(Object.fromEntries(wanted), {
    environments: files.real(environmentsFolder),
    log: files.real(`.braid/logs/${ahead.id}/environments.log`),
    isRemote: ({ localRule }) => options.executor !== undefined && localRule !== true,
    say: (text) => session.emit({ kind: "decided", said: [text] }),
  });
}

async function openExecutors(session: Session, options: RunOptions, id: string): Promise<Executors> {
  const { files, journal } = session;
  const executors = await chooseExecutors(options, {
    run: id,
    rules: Object.keys(options.rules),
    folder: options.folder,
    files,
    history: journal.history,
    warn: (text) => session.warn(text),
    submitted: (external, calls) =>
      journal.append({ t: "submitted", run: id, external, calls: calls.map((call) => call.id) }),
  });
  session.closers.push(() => executors.close());
  return executors;
}

/** The calls of a dead run that are still running elsewhere. Removes everything else that it left. */
async function findOrphans(
  session: Session,
  { main }: Executors,
  withoutLock: boolean,
): Promise<Orphans | null> {
  // Without the lock, it is unknown whether the run that they belong to is dead.
  if (withoutLock) return null;
  const { files } = session;
  const warn = (text: string) => session.warn(text);
  const { remote } = main;
  const calls = (await remote?.orphans()) ?? [];
  if (remote === undefined) revokeTasks(files);
  removeLeftovers(files, calls, warn);
  removeDeadMarks(files);
  if (remote === undefined || calls.length === 0) return null;
  const { matchOrphans } = await import("./reattach.ts");
  const cancel = (unwanted: readonly CallSpec[]) =>
    void remote.dismiss(unwanted).catch((error) => warn(messageOf(error)));
  return { calls, match: matchOrphans, cancel };
}

/** The summary of a schedule that the signal cancels. */
async function untilAborted(schedule: Schedule, signal: AbortSignal | undefined): Promise<Summary> {
  const cancel = () => schedule.cancel();
  if (signal?.aborted) cancel();
  signal?.addEventListener("abort", cancel);
  try {
    return await schedule.finished;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}

/** Runs the jobs until all have settled, and records how they ended. */
async function executeJobs(session: Session, options: RunOptions, setup: RunSetup): Promise<Summary> {
  const { files, journal } = session;
  const { id, prepared, executors } = setup;
  recordRun(session, options, setup);
  const { main, local } = executors;
  // If bodies run elsewhere, most objects made in this thread are long-lived.
  if (main !== local) session.saveMemory();
  const moved: OutputSetAside[] = [];
  const added: ReplacedOutput[] = [];
  const scheduler = schedule(session, options, setup, { moved, added });
  session.onAbort((error) => scheduler.abort(error));
  options.onStart?.(scheduler);
  const summary = withImpossible(await untilAborted(scheduler, options.signal), prepared);
  // Only now have all jobs named their inputs, so it is known which files nobody needs.
  added.push(...removeTemporary(options, prepared, id));
  session.save = prepared.save;
  recordFileStates(journal, prepared);
  session.end(summary.outcome);
  for (const text of setAsideTexts(moved)) session.warn(text);
  if (added.length > 0) session.warn(addedFilesText(added));
  const warn = (text: string) => session.warn(text);
  if (options.withoutLock) removeOwnStaging(files, id, warn);
  else removeLeftovers(files, [], warn);
  if (!journal.stands())
    session.warn(
      `${files.stat(journalPath) === null ? "The journal was removed" : "Another run rewrote the journal"} in the meantime: some results of this run are not recorded. They will be made again, or compared by time only.`,
    );
  return summary;
}

function schedule(
  session: Session,
  options: RunOptions,
  setup: RunSetup,
  { moved, added }: { readonly moved: OutputSetAside[]; readonly added: ReplacedOutput[] },
): Scheduler {
  const { files, journal, emit } = session;
  const { id, prepared, decided, executors, orphans } = setup;
  const { main, local } = executors;
  const { slots, keepGoing = false, retries = 0, limits = [], hashLimit = defaultHashLimit } = options;
  return new Scheduler({
    ...options,
    prepared,
    journal,
    staging: jobStaging(files, id),
    executorOf: (rule) => (runsHere(rule.spec, main) ? local : main),
    slots,
    ...(main.remote === undefined ? {} : { localSlots: threadsHere(options) }),
    limits: new Map([...Object.entries(decided?.resources ?? {}), ...limits]),
    hashLimit,
    keepGoing,
    retries,
    run: id,
    ...(orphans === null ? {} : { orphans }),
    setAside: (one) => moved.push(...one),
    keepAdded: (one) => added.push(...one),
    emit,
  });
}

function recordRun(session: Session, options: RunOptions, setup: RunSetup): void {
  const { journal } = session;
  const { id, prepared, forecast, estimate, decided, executors } = setup;
  const { plan, selected } = prepared;
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
      planned: Object.fromEntries(forecast.all),
      slots: options.slots,
      estimate,
      shape: ruleShapes(plan, selected.rows()),
      ...(decided ? { decided: decided.said } : {}),
      ...(config === null ? {} : { config: config.id }),
      versions: { braid: version(), node: process.versions.node },
    },
  });
  session.begin(id);
}

/** Jobs for which a source is missing have failed. */
function withImpossible(summary: Summary, { impossible, rules, files }: Prepared): Summary {
  const failed = impossible.flatMap(({ rule, values, lacks }) => {
    if (lacks.length === 0) return [];
    const target = rule.outputs[0]?.fill(values) ?? rule.name;
    const error = missingError(rules, { rule, values, lacks }, files).message;
    return [{ rule: rule.name, job: describeJob(rule, values), target, error, log: "" }];
  });
  if (impossible.length === 0) return summary;
  return {
    ...summary,
    outcome: summary.outcome === "interrupted" ? summary.outcome : "failed",
    total: summary.total + impossible.length,
    failed: [...summary.failed, ...failed],
    blocked: summary.blocked + impossible.length - failed.length,
  };
}

function callEndHook(session: Session, options: RunOptions, summary: Summary) {
  const { hooks = {} } = options.settings ?? {};
  return session.unlessAborted(
    summary.outcome === "done"
      ? callHook("onSuccess", () => hooks.onSuccess?.(summary))
      : callHook("onError", () => hooks.onError?.(summary)),
  );
}

function hasOtherRequests(planned: Rules, decided: Rules): boolean {
  const requests = (rule?: AnyRule) => [rule?.batch, rule?.resources, rule?.queue, rule?.retries];
  // Functions count as different, because their results are unknown.
  return Object.entries(decided).some(
    ([name, rule]) => !isDeepStrictEqual(requests(rule), requests(planned[name])),
  );
}

function withDecision(options: RunOptions, decided: Decided | null | undefined): RunOptions {
  if (!decided) return options;
  const { rules, resolved } = decided;
  return { ...options, rules, ...(options.source && { source: { ...options.source, resolved } }) };
}

/** Calls a hook. Throws an error that names it if it throws, or if it awaits a promise that can never settle. */
async function callHook(name: string, hook: () => void | Promise<void>): Promise<void> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const idle = () => reject(cannot("run the hook", name, "it awaits a promise that can never settle"));
  process.on("beforeExit", idle);
  try {
    await Promise.race([waitForHook(name, hook), stuck]);
  } finally {
    process.off("beforeExit", idle);
  }
}

async function waitForHook(name: string, hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    throw cannot("run the hook", name, "it failed", { facts: [["error", messageOf(error)]], cause: error });
  }
}
