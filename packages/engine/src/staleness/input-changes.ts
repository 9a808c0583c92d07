/** When jobs read their inputs in this run, and when files were made or edited, so that both can be compared. */
import { Integers } from "../plan/columns.ts";
import { PerGather } from "../plan/per-gather.ts";
import type { Plan } from "../plan/table.ts";

export class InputChanges {
  readonly #plan: Plan;
  /** Steps, which only grow; 0 for what this run has not done. By job, and by source. */
  readonly #began = new Integers();
  readonly #made = new Integers();
  readonly #edited = new Map<number, number>();
  #step = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** A job reads its inputs from now on. */
  began(job: number): void {
    this.#set(this.#began, job);
  }

  /** A job has put its outputs in place. */
  made(job: number): void {
    this.#set(this.#made, job);
  }

  /** Somebody has edited a source. */
  edited(file: number): void {
    this.#edited.set(file, ++this.#step);
  }

  get hasEdits(): boolean {
    return this.#edited.size > 0;
  }

  /** Whether a source was edited since a job began. */
  isEdited(job: number): boolean {
    if (this.#edited.size === 0) return false;
    const since = at(this.#began, job);
    const isLater = (file: number) => (this.#edited.get(file) ?? 0) > since;
    return (
      this.#plan.inputs(job).some((place) => (place & 1) === 0 && isLater(place >> 1)) ||
      this.#plan.gathers(job).some((gather) => this.#plan.gatherFiles(gather).some(isLater))
    );
  }

  /**
   * Tells of jobs whether what they read still stands, when nothing runs any more. What a job that did not run was
   * compared with is what was made by then.
   */
  currentCheck(): (job: number, ran: boolean) => boolean {
    const edited = (file: number) => this.#edited.get(file) ?? 0;
    const made = (file: number) => (this.#plan.maker(file) < 0 ? 0 : at(this.#made, this.#plan.maker(file)));
    const latest = new PerGather((gather) => {
      const files = this.#plan.gatherFiles(gather);
      return { edited: greatest(files, edited), made: greatest(files, made) };
    });
    return (job, ran) => {
      const since = at(this.#began, job);
      for (const place of this.#plan.inputs(job))
        if ((place & 1) === 0 && (edited(place >> 1) > since || (ran && made(place >> 1) > since)))
          return false;
      return this.#plan.gathers(job).every((gather) => {
        const last = latest.of(gather);
        return last.edited <= since && (!ran || last.made <= since);
      });
    };
  }

  #set(column: Integers, job: number): void {
    while (column.length <= job) column.push(0);
    column.set(job, ++this.#step);
  }
}

function at(column: Integers, job: number): number {
  return job < column.length ? column.at(job) : 0;
}

function greatest(files: Int32Array, stepOf: (file: number) => number): number {
  return files.reduce((last, file) => Math.max(last, stepOf(file)), 0);
}
