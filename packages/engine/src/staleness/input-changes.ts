/** The order in which, during a run, jobs began to read, and files were made or edited. */
import { PerGather, RowColumn } from "../plan/columns.ts";
import type { Plan } from "../plan/table.ts";

export class InputChanges {
  readonly #plan: Plan;
  /** Step numbers, which only grow; 0 for events that have not happened in this run. By job, and by file. */
  readonly #began = new RowColumn();
  readonly #made = new RowColumn();
  readonly #edited = new Map<number, number>();
  /** The latest edit of a file in a gather. */
  readonly #latestEdit: PerGather<number>;
  #step = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#latestEdit = new PerGather((gather) =>
      greatest(plan.gatherFiles(gather), (file) => this.#editOf(file)),
    );
  }

  /** A job begins to read its inputs. */
  begin(job: number): void {
    this.#began.set(job, ++this.#step);
  }

  /** A job has put its outputs in place. */
  setMade(job: number): void {
    this.#made.set(job, ++this.#step);
  }

  /** Somebody has edited an input. */
  setEdited(file: number): void {
    this.#edited.set(file, ++this.#step);
    this.#latestEdit.forgetAll();
  }

  get hasEdits(): boolean {
    return this.#edited.size > 0;
  }

  /** Whether an input of a job was edited since the job began. */
  isEdited(job: number): boolean {
    if (this.#edited.size === 0) return false;
    const since = this.#began.at(job);
    return (
      this.#plan.inputs(job).some((place) => (place & 1) === 0 && this.#editOf(place >> 1) > since) ||
      this.#plan.gathers(job).some((gather) => this.#latestEdit.of(gather) > since)
    );
  }

  #editOf(file: number): number {
    return this.#edited.get(file) ?? 0;
  }

  /**
   * Returns a check for the end of a run: true for jobs whose inputs are still those that they read or, for jobs that
   * did not run, were compared with.
   */
  currentCheck(): (job: number, ran: boolean) => boolean {
    const made = (file: number) => (this.#plan.maker(file) < 0 ? 0 : this.#made.at(this.#plan.maker(file)));
    const latestMade = new PerGather((gather) => greatest(this.#plan.gatherFiles(gather), made));
    return (job, ran) => {
      if (this.isEdited(job)) return false;
      if (!ran) return true;
      const since = this.#began.at(job);
      return (
        !this.#plan.inputs(job).some((place) => (place & 1) === 0 && made(place >> 1) > since) &&
        this.#plan.gathers(job).every((gather) => latestMade.of(gather) <= since)
      );
    };
  }
}

function greatest(files: Int32Array, stepOf: (file: number) => number): number {
  return files.reduce((last, file) => Math.max(last, stepOf(file)), 0);
}
