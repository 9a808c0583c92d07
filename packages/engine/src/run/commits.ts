/**
 * Commits the jobs that runners report as done: moves their outputs into place, records and protects them.
 *
 * The order matters: if a run is killed before the record, the job runs again. If it is killed after the record, at
 * most a protected output is still writable, and the next run protects it.
 */
import type { JobReport } from "../calls/executor.ts";
import type { Found } from "../calls/links.ts";
import { explainFileError, FileAccessError, fileErrorCause } from "../disk/file-errors.ts";
import {
  type Fingerprint,
  shortHash,
  takeFingerprint,
  withoutChangeTime,
  withoutIdentity,
} from "../disk/fingerprint.ts";
import { cannot, messageOf } from "../errors.ts";
import { inputRecords } from "../journal/input-record.ts";
import { appendTexts, type Trace } from "../journal/journal.ts";
import type { JobView } from "../plan/table.ts";
import { costOf } from "../programs/cost.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { unknownId } from "../staleness/staleness.ts";
import { moveAddedFiles } from "./cleanup.ts";
import { hasOnly, isIn, outputsThatStay, type PathsInside } from "./outputs-of-others.ts";
import type { OutputSetAside, RunningCall, SchedulerContext } from "./schedule.ts";
import { type LinkCheck, temporaryLinks } from "./temporary.ts";

/** Why the outputs of a job were refused, or the old outputs that were moved away. */
export type Commit = { readonly error: string } | { readonly moved: readonly OutputSetAside[] };

/** A report, with its times. */
export type TimedReport = JobReport & { readonly start: number; readonly end: number };

/** The record of an output that somebody removed immediately. */
const gone: Fingerprint = { size: 0, mtime: 0, hash: "" };

const none: PathsInside = new Set();

export class Commits {
  readonly #options: SchedulerContext;
  readonly #inputsOf: ReturnType<typeof inputRecords>;
  /** When the sources of each gather were last found unchanged: jobs that end together need one look. */
  readonly #nextCheck = new Map<number, number>();
  readonly #checkLinks: LinkCheck;

  constructor(options: SchedulerContext) {
    this.#options = options;
    this.#inputsOf = inputRecords(options.journal.history.texts);
    this.#checkLinks = temporaryLinks(options.prepared);
  }

  /** Looks at a job's sources before the job reads them; throws if one of them cannot be read. */
  beginReading(job: number): void {
    const { plan, fileStates, digests, changes, recipes } = this.#options.prepared;
    changes.begin(job);
    // Its params function may have read the sources before they were edited.
    if (changes.hasEdits) recipes.forget(job);
    for (const place of plan.inputs(job))
      if (plan.maker(place >> 1) < 0 && (place & 1) === 0) fileStates.content(place >> 1);
    for (const gather of plan.gathers(job)) digests.hashGather(gather);
  }

  /** Moves the outputs of a job into place and records them. */
  commit(call: RunningCall, job: JobView, report: TimedReport): Commit {
    const { prepared, staging, keepTemporary, run, keepAdded = () => {} } = this.#options;
    const { states, fileStates, plan, staleness, readers, digests, changes, recipes } = prepared;
    let edited: boolean;
    let moved: readonly OutputSetAside[];
    let made: (Fingerprint | null)[];
    /** Outputs of other jobs in old output folders, by folder. */
    const staying = new Map<string, PathsInside>();
    try {
      edited = this.#inputsEdited(job.row);
      // Edited inputs are read again for the record.
      if (edited) digests.of(job);
      const stayIn = (path: string, staged: string) => {
        const names = outputsThatStay(prepared, plan.find(path), staged);
        staying.set(path, names);
        return names;
      };
      const keepOld = (path: string) => {
        const file = plan.find(path);
        const names = staying.get(path) ?? none;
        if (fileStates.isOfUser(file) && !hasOnly(prepared, path, names)) return true;
        keepAdded(moveAddedFiles(prepared, file, run, names));
        return false;
      };
      const staged: (Fingerprint | null)[] = [];
      const read = (output: number, found: Found) => {
        if (!keepTemporary) this.#checkLinks(job.outputs[output]!, found.links ?? []);
        staged.push(this.#readStaged(job, output, found));
      };
      const hasRecord = (path: string) => !fileStates.foreign.has(plan.find(path));
      moved = staging
        .commit(job, { made: report.prints, keepOld, stayIn, read })
        .map((one) => ({ ...one, hasRecord: hasRecord(one.path) }));
      made = this.#fingerprints(call, job, report, staged, staying);
    } catch (error) {
      return { error: messageOf(explainFileError(error)) };
    }
    fileStates.setMade(job.row, made);
    staleness.setMade(job.row);
    changes.setMade(job.row);
    for (const file of plan.made(job.row)) readers.eachGather(file, (gather) => digests.forget(gather));
    if (job.outputs.length > 0) this.#record(call, job, report, made, edited);
    recipes.forget(job.row);
    states.setPhase(job.row, "committed");
    staging.protect(job);
    return { moved };
  }

  /** Reads an output in staging: one that cannot be read must not replace an old one. */
  #readStaged(job: JobView, output: number, { at, ...stat }: Found): Fingerprint | null {
    const { prepared, hashLimit } = this.#options;
    try {
      const fingerprint = takeFingerprint(prepared.files, at, hashLimit, undefined, stat);
      return fingerprint === null ? null : withoutIdentity(fingerprint);
    } catch (error) {
      throw error instanceof FileAccessError
        ? cannot("keep", job.outputs[output]!, "it cannot be read", {
            facts: [["reason", error.cause instanceof Error ? fileErrorCause(error.cause) : error.message]],
            cause: error,
          })
        : error;
    }
  }

  #fingerprints(
    call: RunningCall,
    job: JobView,
    report: JobReport,
    staged: readonly (Fingerprint | null)[],
    staying: ReadonlyMap<string, PathsInside>,
  ): (Fingerprint | null)[] {
    const { prepared, hashLimit, run } = this.#options;
    const { files } = prepared;
    const isPart = (path: string) => (name: string) => !isIn(name, staying.get(path) ?? none);
    return job.outputs.map((path, i) => {
      const { marks } = job.rule.outputs[i]!;
      const given = report.prints?.[i];
      const fingerprint =
        given === undefined
          ? takeFingerprint(files, path, hashLimit, staged[i] ?? undefined, undefined, isPart(path))
          : withoutIdentity(given);
      if (fingerprint === null) return null;
      // A marker only says that its job ran: its content is the current run.
      if (marks.touch) return { ...fingerprint, hash: shortHash(`${run} ${call.spec.id} ${path}`) };
      return marks.protect ? withoutChangeTime(fingerprint) : fingerprint;
    });
  }

  #record(
    call: RunningCall,
    job: JobView,
    report: TimedReport,
    made: readonly (Fingerprint | null)[],
    inputsEdited: boolean,
  ): void {
    const { prepared, journal, attempts, keepTemporary = false } = this.#options;
    const { plan, recipes } = prepared;
    const { params, code } = recipes.of(job);
    appendTexts(journal, [params, code, this.#inputsOf(job)]);
    const { start, end, share } = report;
    const timed = {
      start,
      end,
      attempt: attempts.of(job.row),
      call: call.spec.id,
      ...(share === undefined ? {} : { share }),
      ...costOf(report),
    };
    const kept = keepTemporary && plan.ruleOf(job.row).hasTemporary;
    const trace = { ...traceOf(prepared, job, made, timed), ...(kept ? { kept: true as const } : {}) };
    // It is unknown which version the body, or the params function, has read: the record must match nothing.
    const isAsked = typeof job.rule.spec.params === "function";
    const unknown = { inputs: unknownId, ...(isAsked ? { params: unknownId } : {}) };
    journal.append({ t: "done", trace: inputsEdited ? { ...trace, ...unknown } : trace });
  }

  /**
   * Whether somebody has edited an input of a job, a source or another job's output, since the job began. Edits that
   * other readers have found count too.
   */
  #inputsEdited(job: number): boolean {
    const { plan, fileStates, digests, readers, changes } = this.#options.prepared;
    const checkInput = (file: number) => {
      // The job did not get a file that an optional job failed to make.
      if (plan.missingOptional.has(file) || fileStates.isUnchanged(file)) return;
      changes.setEdited(file);
      fileStates.forget(file);
      readers.eachGather(file, (gather) => digests.forget(gather));
    };
    for (const place of plan.inputs(job)) if ((place & 1) === 0) checkInput(place >> 1);
    for (const gather of plan.gathers(job)) {
      const began = performance.now();
      if (began < (this.#nextCheck.get(gather) ?? 0)) continue;
      plan.gatherFiles(gather).forEach(checkInput);
      const ended = performance.now();
      // Looking at many sources may take at most a tenth of the time.
      this.#nextCheck.set(gather, ended + 10 * (ended - began));
    }
    return changes.isEdited(job);
  }
}

type Timed = Pick<Trace, "start" | "end" | "attempt" | "call" | "share" | "cpu" | "memory" | "touched">;

/** The record that a job was made from the current inputs, params and code. */
export function traceOf(
  { plan, digests, recipes }: Prepared,
  job: JobView,
  made: readonly (Fingerprint | null)[],
  timed: Timed,
): Trace {
  const { params, code } = recipes.of(job);
  const [first, ...others] = job.outputs;
  return {
    path: first!,
    rule: plan.ruleOf(job.row).name,
    ...digests.of(job),
    params: params.id,
    code: code.id,
    outputs: made.map((fingerprint) => fingerprint ?? gone),
    ...(others.length === 0 ? {} : { others }),
    ...timed,
  };
}

/** Recipe and inputs of a job, as one text to compare. */
export function originOf({ digests, recipes }: Prepared, job: JobView): string {
  const { params, code } = recipes.of(job);
  const { inputs, roles } = digests.of(job);
  return `${params.id}.${code.id}.${inputs}.${roles}`;
}
