/** The inputs of jobs that other jobs make beside their outputs: logs, and files in output folders. */
import { PerGather } from "../plan/columns.ts";
import type { Plan } from "../plan/table.ts";
import type { FileStates } from "./file-states.ts";

export class ExtraInputs {
  readonly #plan: Plan;
  readonly #fileStates: FileStates;
  /** Many jobs may share a gather. */
  readonly #ofGather = new PerGather((gather) => this.#extras(this.#plan.gatherFiles(gather)));
  /** Gathers that had all of these files when their makers had settled. */
  readonly #whole = new Set<number>();
  /** Gathers that had those of which the makers had settled. */
  readonly #wholeSoFar = new Set<number>();

  constructor(plan: Plan, fileStates: FileStates) {
    this.#plan = plan;
    this.#fileStates = fileStates;
  }

  /**
   * An extra input of a job that is not there although the job that makes it has settled, unless it is missing for an
   * optional job; -1 if there is none. `isSettled` is left out if all makers have settled.
   */
  missing(job: number, isSettled?: (maker: number) => boolean): number {
    const plan = this.#plan;
    if (plan.extras.size === 0) return -1;
    const isMissing = (file: number) =>
      (isSettled === undefined || isSettled(plan.maker(file))) &&
      !plan.missingOptional.has(file) &&
      this.#fileStates.isExtraMissing(file);
    const own = plan.inputs(job).find((place) => this.#isExtra(place >> 1) && isMissing(place >> 1));
    if (own !== undefined) return own >> 1;
    const whole = isSettled === undefined ? this.#whole : this.#wholeSoFar;
    for (const gather of plan.gathers(job)) {
      if (whole.has(gather)) continue;
      const file = this.#ofGather.of(gather).find(isMissing);
      if (file !== undefined) return file;
      whole.add(gather);
    }
    return -1;
  }

  /** The plan has grown, or rows were taken back. */
  forgetGathers(): void {
    this.#ofGather.forgetAll();
    this.#whole.clear();
    this.#wholeSoFar.clear();
  }

  /** A job has made its extra files again. */
  setMade(job: number): void {
    if (this.#plan.extras.has(job)) this.#whole.clear();
  }

  #extras(files: Int32Array): number[] {
    return [...files].filter((file) => this.#isExtra(file));
  }

  #isExtra(file: number): boolean {
    return this.#plan.maker(file) >= 0 && this.#plan.place(file) < 0;
  }
}
