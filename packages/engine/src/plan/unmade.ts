/** What cannot be made, and for want of which sources. */
import type { NamedRule } from "../rules/ruleset.ts";
import type { Plan } from "./table.ts";

/** A job that cannot be made, and the sources that it lacks itself. */
export interface Impossible {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly lacks: readonly string[];
}

/** The same with its inputs, and the first of them that cannot be had. */
export interface UnmadeJob {
  readonly impossible: Impossible;
  readonly inputs: readonly number[];
  readonly lacks: number;
}

export class Unmade {
  readonly #plan: Plan;
  /** Why a file cannot be had: an input of its job; itself where no rule makes it. */
  readonly #causes = new Map<number, number>();
  /** The jobs that were to make files, those that stand too. */
  readonly #jobs = new Map<number, UnmadeJob>();
  /** The first job that lacks a source. */
  readonly #users = new Map<number, Impossible>();
  readonly #taken = new Set<UnmadeJob>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** No rule makes a file, and nothing stands there. */
  addSource(file: number): void {
    this.#causes.set(file, file);
  }

  /** A log cannot be had since the job cannot be made that makes an output. */
  addLog(file: number, output: number): void {
    this.#causes.set(file, this.#causes.get(output) ?? file);
  }

  addJob(
    { rule, values }: Pick<Impossible, "rule" | "values">,
    files: readonly number[],
    lacks: number,
  ): UnmadeJob {
    const inputs = [...new Set(files)];
    const sources = inputs.filter((file) => this.#causes.get(file) === file);
    const impossible = { rule, values, lacks: sources.map((file) => this.#plan.path(file)) };
    for (const file of sources) if (!this.#users.has(file)) this.#users.set(file, impossible);
    return { impossible, inputs, lacks };
  }

  /** An output or the log of such a job; one that stands can be had. */
  addOutput(file: number, job: UnmadeJob, stands: boolean): void {
    this.#jobs.set(file, job);
    if (!stands) this.#causes.set(file, job.lacks);
  }

  /** The job that was to make a file. */
  jobOf(file: number): UnmadeJob | undefined {
    return this.#jobs.get(file);
  }

  /** The jobs that `root` needs, then itself, without those that were taken before. */
  take(root: UnmadeJob, isMissing: (file: number) => boolean): UnmadeJob[] {
    const taken: UnmadeJob[] = [];
    const stack: { readonly job: UnmadeJob; next: number }[] = [];
    const enter = (job: UnmadeJob | undefined) => {
      if (job === undefined || this.#taken.has(job)) return;
      this.#taken.add(job);
      stack.push({ job, next: 0 });
    };
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const file = top.job.inputs[top.next++];
      if (file === undefined) taken.push(stack.pop()!.job);
      else if (isMissing(file)) enter(this.#jobs.get(file));
    }
    return taken;
  }

  /** The source for want of which a file cannot be had, the first job that lacks it, and all that lack any. */
  cause(file: number): {
    readonly source: number;
    readonly user: Impossible | undefined;
    readonly users: readonly Impossible[];
  } {
    let source = file;
    for (let next = this.#causes.get(source)!; next !== source; next = this.#causes.get(source)!)
      source = next;
    return { source, user: this.#users.get(source), users: [...new Set(this.#users.values())] };
  }

  /** Forgets files from `files` on. */
  truncate(files: number): void {
    for (const map of [this.#causes, this.#jobs, this.#users])
      for (const file of map.keys()) if (file >= files) map.delete(file);
  }
}
