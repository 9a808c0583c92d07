/**
 * What becomes of a job that its runner says is done: its outputs are awaited, put in place, recorded, and protected.
 *
 * In this order: a run that is killed before the record makes the job again, one that is killed after it leaves at most
 * a protected output that can be written, which the next run protects.
 */
import type { JobReport } from "../calls/executor.ts";
import type { SetAside, Workshop } from "../calls/job.ts";
import { type Fingerprint, fingerprint, shortHash, withoutIdentity } from "../disk/fingerprint.ts";
import { messageOf } from "../errors.ts";
import { inputRecords } from "../journal/input-record.ts";
import { appendTexts, type Journal, type Trace } from "../journal/journal.ts";
import { secondsOf } from "../journal/seconds.ts";
import type { JobView } from "../plan/table.ts";
import { costOf } from "../programs/cost.ts";
import type { Prepared } from "../staleness/prepare.ts";
import type { RunningCall } from "./running-call.ts";

export interface CommitsOptions {
  readonly prepared: Prepared;
  readonly workshop: Workshop;
  readonly journal: Journal;
  readonly hashLimit: number;
  /** Names the run. */
  readonly run: string;
  /** Seconds to wait for outputs that network disks show late. */
  readonly latencyWait: number;
  /** Temporary outputs are to stay. */
  readonly keepTemporary: boolean;
  now(): number;
  isCancelled(): boolean;
  attemptOf(job: number): number;
  fail(call: RunningCall, job: JobView, error: string): void;
  /** Its outputs stand and are recorded; it took so many seconds. */
  settled(job: JobView, seconds: number): void;
  /** Old outputs that somebody has changed were moved away. */
  setAside(moved: readonly SetAside[]): void;
  /** Does a step later; what it throws ends the run. */
  guarded(step: () => void): void;
}

/** What is recorded of an output that somebody has removed at once. */
const gone: Fingerprint = { size: 0, mtime: 0, hash: "" };

export class Commits {
  readonly #options: CommitsOptions;
  readonly #inputsOf: ReturnType<typeof inputRecords>;
  /** Gathers whose sources were found unchanged, and when: jobs that end together need one look. */
  readonly #looked = new Map<number, number>();

  constructor(options: CommitsOptions) {
    this.#options = options;
    this.#inputsOf = inputRecords(options.journal.history.texts);
  }

  /** Takes note of a job's sources before it reads them. */
  reading(job: number): void {
    const { plan, looks, digests, changes } = this.#options.prepared;
    changes.began(job);
    for (const place of plan.inputs(job))
      if (plan.maker(place >> 1) < 0 && (place & 1) === 0) looks.content(place >> 1);
    for (const gather of plan.gathers(job)) digests.lookAt(gather);
  }

  /** Its runner says that a job is done. */
  reported(call: RunningCall, job: JobView, report: JobReport = {}): void {
    const { isCancelled, now, latencyWait, workshop, prepared } = this.#options;
    if (!call.open.has(job.row) || isCancelled()) return;
    const { start = call.since, end = now() } = report;
    call.since = end;
    prepared.states.setPhase(job.row, "reported");
    const keep = () => this.#keep(call, job, { ...report, start, end });
    if (latencyWait > 0 && !workshop.isComplete(job, report.prints))
      this.#awaitOutputs(call, job, report, keep);
    else keep();
  }

  /** Network disks may show late what another machine has written. */
  #awaitOutputs(call: RunningCall, job: JobView, report: JobReport, then: () => void): void {
    const { guarded, isCancelled, latencyWait, workshop } = this.#options;
    const until = Date.now() + latencyWait * 1_000;
    call.late++;
    const look = () =>
      guarded(() => {
        if (!isCancelled() && !workshop.isComplete(job, report.prints) && Date.now() < until)
          return void setTimeout(look, 100);
        call.late--;
        then();
      });
    look();
  }

  #keep(call: RunningCall, job: JobView, report: JobReport & { start: number; end: number }): void {
    const { prepared, workshop, fail, settled, setAside } = this.#options;
    const { states, looks, plan, staleness, readers, digests, changes, recipes } = prepared;
    const unread = this.#sourcesChanged(job.row);
    let moved: readonly SetAside[];
    try {
      const edited = (path: string) => looks.edited.has(plan.find(path));
      moved = workshop.commit(job, { made: report.prints, keepOld: edited });
    } catch (error) {
      fail(call, job, messageOf(error));
      return;
    }
    call.open.delete(job.row);
    const made = this.#prints(call, job, report);
    looks.remade(job.row, made);
    staleness.remade(job.row);
    changes.made(job.row);
    for (const file of plan.made(job.row)) readers.eachGather(file, (gather) => digests.forget(gather));
    if (job.outputs.length > 0) this.#record(call, job, report, made, unread);
    recipes.forget(job.row);
    states.setPhase(job.row, "committed");
    workshop.protect(job);
    if (moved.length > 0) setAside(moved);
    settled(job, secondsOf(report));
  }

  #prints(call: RunningCall, job: JobView, report: JobReport): (Fingerprint | null)[] {
    const { prepared, hashLimit, run } = this.#options;
    const { files } = prepared;
    return job.outputs.map((path, i) => {
      const { marks } = job.rule.outputs[i]!;
      const given = report.prints?.[i];
      const print = given === undefined ? fingerprint(files, path, hashLimit) : withoutIdentity(given);
      if (print === null) return null;
      // A file that only says when something happened: what it says is that the job was done this time.
      if (marks.touch) return { ...print, hash: shortHash(`${run} ${call.spec.id} ${path}`) };
      return marks.protect ? withoutChangeTime(print) : print;
    });
  }

  #record(
    call: RunningCall,
    job: JobView,
    report: JobReport & { start: number; end: number },
    made: readonly (Fingerprint | null)[],
    unread: boolean,
  ): void {
    const { prepared, journal, attemptOf, keepTemporary } = this.#options;
    const { plan, recipes } = prepared;
    const { params, code } = recipes.of(job);
    appendTexts(journal, [params, code, this.#inputsOf(job)]);
    const { start, end, share } = report;
    const timed = {
      start,
      end,
      attempt: attemptOf(job.row),
      call: call.spec.id,
      ...(share === undefined ? {} : { share }),
      ...costOf(report),
    };
    const kept = keepTemporary && plan.ruleOf(job.row).fleeting;
    const trace = { ...traceOf(prepared, job, made, timed), ...(kept ? { kept: true as const } : {}) };
    // What was read is not known: the record matches nothing.
    journal.append({ t: "done", trace: unread ? { ...trace, inputs: "" } : trace });
  }

  /**
   * Whether a source of a job looks otherwise now than when the job began. Of a change that another reader has found
   * the look says nothing any more: what stands is compared with what was taken then.
   */
  #sourcesChanged(job: number): boolean {
    const { plan, looks, digests, readers, changes } = this.#options.prepared;
    const look = (file: number) => {
      if (plan.maker(file) >= 0 || looks.isUnchanged(file)) return;
      changes.edited(file);
      looks.forget(file);
      readers.eachGather(file, (gather) => digests.forget(gather));
    };
    for (const place of plan.inputs(job)) if ((place & 1) === 0) look(place >> 1);
    for (const gather of plan.gathers(job)) {
      const began = performance.now();
      if (began < (this.#looked.get(gather) ?? 0)) continue;
      plan.gatherFiles(gather).forEach(look);
      const ended = performance.now();
      // A look at many sources is not worth more than a tenth of the time.
      this.#looked.set(gather, ended + 10 * (ended - began));
    }
    return changes.isEdited(job);
  }
}

function withoutChangeTime(print: Fingerprint): Fingerprint {
  const { ctime: _, ...rest } = print;
  const parts = print.parts?.map(({ ctime: __, ...part }) => part);
  return parts === undefined ? rest : { ...rest, parts };
}

type Timed = Pick<Trace, "start" | "end" | "attempt" | "call" | "share" | "cpu" | "memory" | "touched">;

/** The record of how a job was made from what stands now. */
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
    outputs: made.map((print) => print ?? gone),
    ...(others.length === 0 ? {} : { others }),
    ...timed,
  };
}

/** What a job is made from now, recipe and inputs, as one text to compare. */
export function originOf({ digests, recipes }: Prepared, job: JobView): string {
  const { params, code } = recipes.of(job);
  const { inputs, roles } = digests.of(job);
  return `${params.id}.${code.id}.${inputs}.${roles}`;
}
