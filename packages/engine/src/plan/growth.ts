/**
 * Grows a plan by the inputs that a job names once its first inputs exist, and finds out whether these inputs need the
 * job itself.
 *
 * The search for a cycle goes from both ends: down from the new inputs, and up from the jobs that need the job. One end
 * may be long where the other is short, so the one that has cost less so far goes on. Gathers are separate nodes, by
 * their complements, since many jobs share them.
 */
import { BraidError, cannot, messageOf } from "../errors.ts";
import { checkFunctionResult } from "../rules/function-results.ts";
import type { Files } from "../rules/rule.ts";
import { type AfterInputs, fromFiles } from "./job-inputs.ts";
import { checkOwnInputs } from "./path-checks.ts";
import { cycleError } from "./plan-errors.ts";
import type { Planner } from "./planner.ts";
import type { Readers } from "./readers.ts";
import type { Plan, PlanMark } from "./table.ts";

/** A job's `after()` failed, or named files that cannot be made; the rest of the plan stays valid. */
export class GrowthError extends BraidError {}

/**
 * Asks a job for the rest of its inputs; the jobs that are new stand at the end of the plan. Where it throws, the plan
 * is unchanged. Returns a function that takes the answer back, so that the job is asked again; new rows stay.
 */
export function growPlan(planner: Planner, readers: Readers, job: number): () => void {
  const { plan } = planner;
  const awaited = plan.afterInputs.get(job);
  if (awaited === undefined) return () => {};
  readers.update();
  const mark = planner.mark();
  const { inputStart, inputEnd } = plan.columns;
  const before = [inputStart.at(job), inputEnd.at(job)] as const;
  const restore = () => {
    inputStart.set(job, before[0]);
    inputEnd.set(job, before[1]);
  };
  try {
    const given = ask(plan, job, awaited);
    const places = planner.places(fromFiles(given, given).needs);
    plan.extendInputs(job, places);
    for (const place of places) planner.visit(place >> 1);
    const lost = places.find((place) => planner.isMissing(place >> 1));
    if (lost !== undefined) throw planner.missingError(lost >> 1, job);
    planner.checkNesting(mark.jobs);
    checkOwnInputs(plan, job);
    const round = findCycle(plan, readers, job, places, mark);
    if (round !== null) throw cycleError(round.map((row) => plan.job(row)));
    plan.afterInputs.delete(job);
    plan.functionInputs.set(job, given);
    plan.firstGrown = Math.min(plan.firstGrown, job);
    readers.addInputs(job, places);
    readers.update();
    return () => {
      restore();
      readers.removeInputs(job, places);
      plan.functionInputs.delete(job);
      plan.afterInputs.set(job, awaited);
    };
  } catch (error) {
    planner.forget(mark);
    restore();
    throw error instanceof BraidError ? new GrowthError(error.message, { cause: error }) : error;
  }
}

function ask(plan: Plan, job: number, { made, next }: AfterInputs): Files {
  const thing = plan.key(job);
  const { lacks } = plan.job(job);
  let given: Files;
  try {
    given = next(made(lacks) as never);
  } catch (error) {
    throw cannot("plan", thing, "its after() function failed", {
      facts: [["error", messageOf(error)]],
      cause: error,
    });
  }
  return checkFunctionResult(given, "plan", thing, "its after() function", true);
}

/** The jobs of a cycle, from `job` to `job`, each needing the next; null if there is none. */
function findCycle(
  plan: Plan,
  readers: Readers,
  job: number,
  places: readonly number[],
  before: PlanMark,
): number[] | null {
  const down = new NeededJobs(plan, job, before);
  for (const place of places) down.enterFile(place >> 1, job);
  const up = new DependentJobs(plan, readers, job);
  for (let usersKnown = false; !down.neededBy.has(job); ) {
    // The new jobs are not in the table of readers yet.
    if (down.expandNew()) continue;
    if (!down.isOpen) return null;
    if (usersKnown || down.cost < up.cost) down.expand();
    else if (!up.expand()) {
      if (!up.meets(down.neededBy)) return null;
      usersKnown = true;
    }
  }
  const round = [job];
  for (let at = down.neededBy.get(job)!; at !== job; at = down.neededBy.get(at)!) if (at >= 0) round.push(at);
  return [job, ...round.slice(1).reverse(), job];
}

/** The jobs that a job needs, each with the job that needs it. */
class NeededJobs {
  readonly neededBy = new Map<number, number>();
  cost = 0;
  readonly #plan: Plan;
  readonly #job: number;
  readonly #before: PlanMark;
  readonly #new: number[] = [];
  readonly #open: number[] = [];

  constructor(plan: Plan, job: number, before: PlanMark) {
    this.#plan = plan;
    this.#job = job;
    this.#before = before;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** Jobs before `job` were planned without it, unless a job before them has grown too. */
  enterFile(file: number, by: number): void {
    const maker = this.#plan.maker(file);
    if (maker >= 0 && (maker >= this.#job || maker >= this.#plan.firstGrown)) this.#enter(maker, by);
  }

  #enter(node: number, by: number): void {
    if (this.neededBy.has(node)) return;
    this.neededBy.set(node, by);
    const isNew = node < 0 ? ~node >= this.#before.gathers : node >= this.#before.jobs;
    (isNew ? this.#new : this.#open).push(node);
  }

  /** False if no new row is left. */
  expandNew(): boolean {
    const node = this.#new.pop();
    if (node !== undefined) this.#expand(node);
    return node !== undefined;
  }

  expand(): void {
    this.#expand(this.#open.pop()!);
  }

  #expand(node: number): void {
    const plan = this.#plan;
    const files = node < 0 ? plan.gatherFiles(~node) : plan.inputs(node).map((place) => place >> 1);
    for (const file of files) this.enterFile(file, node);
    if (node >= 0) for (const gather of plan.gathers(node)) this.#enter(~gather, node);
    this.cost += 1 + files.length;
  }
}

/** The jobs that need a job. */
class DependentJobs {
  cost = 0;
  readonly #plan: Plan;
  readonly #readers: Readers;
  readonly #users: Set<number>;
  readonly #walk: Iterator<number>;

  constructor(plan: Plan, readers: Readers, job: number) {
    this.#plan = plan;
    this.#readers = readers;
    this.#users = new Set([job]);
    // The loop also visits jobs that are added meanwhile.
    this.#walk = this.#users.values();
  }

  /** False if all are known. */
  expand(): boolean {
    const { done, value: node } = this.#walk.next();
    if (done) return false;
    const add = (reader: number) => {
      this.#users.add(reader);
      this.cost++;
    };
    this.cost++;
    if (node < 0) this.#readers.eachOfGather(~node, add);
    else for (const file of this.#plan.made(node)) this.#readers.each(file, add);
    return true;
  }

  meets(nodes: ReadonlyMap<number, number>): boolean {
    for (const node of nodes.keys()) if (this.#users.has(node)) return true;
    return false;
  }
}
