/** Files and jobs that cannot be made, and the missing sources that are the cause. */
import type { NamedRule } from "../rules/ruleset.ts";
import type { Plan } from "./table.ts";

/** A job that cannot run, with the missing sources among its own inputs. */
export interface ImpossibleJob {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  readonly lacks: readonly string[];
}

/** The same with its inputs, and the first of them that cannot be made. */
export interface UnmadeJob {
  readonly impossible: ImpossibleJob;
  readonly inputs: readonly number[];
  readonly lacks: number;
}

export class UnmadeFiles {
  readonly #plan: Plan;
  /** Why a file cannot be made: an input of its job, or the file itself if no rule makes it. */
  readonly #causes = new Map<number, number>();
  /** Outputs of impossible jobs, existing ones included, each with its job. */
  readonly #jobs = new Map<number, UnmadeJob>();
  /** The first job that lacks a source. */
  readonly #users = new Map<number, ImpossibleJob>();
  readonly #taken = new Set<UnmadeJob>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** No rule makes the file, and it does not exist. */
  addSource(file: number): void {
    this.#causes.set(file, file);
  }

  /** The log of an impossible job, one of whose outputs is given. */
  addLog(file: number, output: number): void {
    this.#causes.set(file, this.#causes.get(output) ?? file);
  }

  addJob(
    { rule, values }: Pick<ImpossibleJob, "rule" | "values">,
    files: readonly number[],
    lacks: number,
  ): UnmadeJob {
    const inputs = [...new Set(files)];
    const sources = inputs.filter((file) => this.#causes.get(file) === file);
    const impossible = { rule, values, lacks: sources.map((file) => this.#plan.path(file)) };
    for (const file of sources) if (!this.#users.has(file)) this.#users.set(file, impossible);
    return { impossible, inputs, lacks };
  }

  /** An output or the log of an impossible job; if it exists, other jobs can use it. */
  addOutput(file: number, job: UnmadeJob, stands: boolean): void {
    this.#jobs.set(file, job);
    if (!stands) this.#causes.set(file, job.lacks);
  }

  /** The impossible job that makes a file. */
  jobOf(file: number): UnmadeJob | undefined {
    return this.#jobs.get(file);
  }

  /** The impossible jobs that `root` needs, then `root`, without those returned before. */
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

  /** The missing source because of which a file cannot be made, the first job that lacks it, and all that lack any source. */
  cause(file: number): {
    readonly source: number;
    readonly user: ImpossibleJob | undefined;
    readonly users: readonly ImpossibleJob[];
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
