/**
 * "Must this job run?", answered in one place, with three answers.
 *
 * fresh: the job's record matches its files, params and code. stale: something of its own differs. maybe: its own
 * record matches, but an input may be made again. These are verifying traces with early cut-off: inputs are compared by
 * content, once the jobs that make them have settled. Without a record, times decide, as in make.
 */

import type { History } from "../journal/journal.ts";
import type { Trace } from "../journal/traces.ts";
import { PerGather } from "../plan/columns.ts";
import type { Optional } from "../plan/missing-files.ts";
import { type Recipe, RecipeError, type Recipes, sameCode, sameParams } from "../plan/recipe.ts";
import type { Selected } from "../plan/select.ts";
import type { Plan } from "../plan/table.ts";
import { hasBody } from "../rules/rule.ts";
import { type Trigger, triggers } from "../rules/settings.ts";
import type { Digests } from "./digests.ts";
import type { ExtraInputs } from "./extra-inputs.ts";
import type { FileStates } from "./file-states.ts";
import { type Reason, reason, type States } from "./states.ts";

export interface StalenessOptions {
  readonly plan: Plan;
  readonly selected: Selected;
  readonly states: States;
  readonly fileStates: FileStates;
  readonly digests: Digests;
  readonly recipes: Recipes;
  readonly history: History;
  readonly optional: Optional;
  readonly extraInputs: ExtraInputs;
  /** Jobs that run in any case. */
  readonly forced: (job: number) => boolean;
  /** The triggers that count, unless a rule has fewer; default: all. */
  readonly triggers?: ReadonlySet<Trigger> | undefined;
  /** A job that was up to date when the plan was saved, and whose files still look the same. */
  readonly isAsSaved: (job: number) => boolean;
}

/** The makers of a job's inputs that have not settled: the first that is stale, and the first that may run. */
interface Unsettled {
  stale: number;
  maybe: number;
  /** Some gather has such a maker. */
  inGather: boolean;
}

/** No unsettled makers. */
const settled: Readonly<Unsettled> = { stale: -1, maybe: -1, inGather: false };

/** The same while jobs may still run: what is asked only of settled jobs is not asked. */
const noneActive: Readonly<Unsettled> = { ...settled };

export interface OwnAnswer {
  readonly answer: "fresh" | "maybe" | "stale";
  readonly reason: Reason | null;
}

const fresh: OwnAnswer = { answer: "fresh", reason: null };
const stale = (why: Reason): OwnAnswer => ({ answer: "stale", reason: why });

/** Recorded instead of the inputs, or of params from a function, if it is unknown what the job has read. */
export const unknownId = "";

export class Staleness {
  readonly #options: StalenessOptions;
  readonly #ofRun: ReadonlySet<Trigger>;
  readonly #gathers = new PerGather((gather) => this.#unsettledIn(gather));
  readonly #remade = new Set<number>();
  /** Files that targets ask for, and of how many targets these are. */
  #asks = { files: new Set<number>(), targets: 0 };
  /** `#optionalMayRun` covers the jobs before this one: jobs come after those that they depend on. */
  #asked = 0;
  #optionalMayRun = false;
  /**
   * Jobs whose params functions may have read inputs that are to be made again, and gave other params than recorded:
   * whether these differ is open until then. With the job that makes such an input.
   */
  readonly #openParams = new Map<number, number>();
  /** Jobs with records of earlier versions, without roles: they become records of this one, unless the jobs run. */
  readonly withoutRoles: number[] = [];

  constructor(options: StalenessOptions) {
    this.#options = options;
    this.#ofRun = options.triggers ?? new Set(triggers);
  }

  /** The answer while jobs that it depends on may still run; all of these were asked before. */
  answer(job: number): OwnAnswer {
    const found = this.#answer(job, this.#unsettled(job));
    // Params are asked anew when the job is ready: those of all jobs would fill the memory.
    this.#options.recipes.forget(job);
    return found;
  }

  /**
   * The answer when all jobs that it depends on have settled: fresh or stale. It is maybe only if its params cannot be
   * compared until a removed input is made again.
   */
  settledAnswer(job: number): OwnAnswer {
    this.#options.recipes.forget(job);
    const found = this.#answer(job, settled);
    if (found.answer === "fresh") this.#options.recipes.forget(job);
    return found;
  }

  /** Whether the params of a job are open until its removed inputs are made again. */
  hasOpenParams(job: number): boolean {
    return this.#openParams.has(job);
  }

  /** The jobs whose params are open. */
  openParams(): Iterable<number> {
    return this.#openParams.keys();
  }

  #answer(job: number, needs: Unsettled): OwnAnswer {
    const { plan, history, forced, fileStates } = this.#options;
    this.#openParams.delete(job);
    const waits = needs.stale >= 0 || needs.maybe >= 0;
    if (plan.ruleOf(job).outputs.length === 0) return this.#withoutOutputs(job, needs);
    if (needs !== settled && this.#options.isAsSaved(job) && !forced(job))
      return waits ? this.#maybeAnswer(needs) : fresh;
    const trace = fileStates.trace(job);
    // The output of a stale job will be newer than an output without a record.
    if (trace === undefined && needs.stale >= 0 && !forced(job))
      return stale(reason("upstream", needs.stale));
    const outputs = this.#outputReason(job, trace);
    if (outputs?.kind === "missing output") return stale(outputs);
    if (forced(job)) return stale(reason("forced"));
    if (history.open.has(plan.key(job))) return stale(reason("interrupted"));
    if (outputs !== null) return stale(outputs);
    const lacking = this.#missingInput(job, needs);
    if (lacking >= 0) return stale(reason("missing input", lacking));
    const removed = this.#removedTarget(job);
    if (removed >= 0) return stale(reason("missing output", removed));
    const own = trace === undefined ? this.#byTime(job, needs) : this.#byRecord(job, trace, needs);
    if (own !== null) return stale(own);
    const opens = this.#openParams.get(job);
    if (opens !== undefined) return { answer: "maybe", reason: reason("upstream", opens) };
    return waits || plan.afterInputs.has(job) ? this.#maybeAnswer(needs, job) : fresh;
  }

  /** A rule without a body is as its inputs are; one with a body runs whenever it is asked for. */
  #withoutOutputs(job: number, needs: Unsettled): OwnAnswer {
    const { plan } = this.#options;
    if (hasBody(plan.ruleOf(job).spec)) return stale(reason("target"));
    if (needs === settled && this.#remade.size > 0)
      for (const file of plan.inputFiles(job))
        if (this.#remade.has(plan.maker(file))) return stale(reason("upstream", plan.maker(file)));
    if (needs.stale >= 0) return stale(reason("upstream", needs.stale));
    const lacking = this.#missingInput(job, needs);
    if (lacking >= 0) return stale(reason("missing input", lacking));
    return needs.maybe >= 0 || plan.afterInputs.has(job) ? this.#maybeAnswer(needs, job) : fresh;
  }

  #maybeAnswer({ stale, maybe }: Unsettled, job = -1): OwnAnswer {
    const maker = stale >= 0 ? stale : maybe;
    return { answer: "maybe", reason: reason("upstream", maker >= 0 ? maker : job) };
  }

  /**
   * An output that was removed and that a target asks for; -1 if there is none. It is made again whatever the record
   * says: its job, which may read very many files, is not compared with its record.
   */
  #removedTarget(job: number): number {
    const { plan, fileStates } = this.#options;
    if (fileStates.absent.size === 0) return -1;
    for (const file of plan.outputs(job))
      if (fileStates.absent.has(file) && !plan.isTemporary(file) && this.#targetFiles().has(file))
        return file;
    return -1;
  }

  #targetFiles(): ReadonlySet<number> {
    const { plan, selected } = this.#options;
    const { targets } = selected;
    if (targets.length > this.#asks.targets) {
      const files = new Set<number>();
      for (const target of targets)
        if ("file" in target) files.add(target.file);
        else for (const file of plan.inputFiles(target.job)) files.add(file);
      this.#asks = { files, targets: targets.length };
    }
    return this.#asks.files;
  }

  /** The reason for a missing or edited output. */
  #outputReason(job: number, trace: Trace | undefined): Reason | null {
    const { plan, fileStates } = this.#options;
    const rule = plan.ruleOf(job);
    const files = plan.outputs(job);
    let missing = -1;
    let changed = -1;
    for (let i = 0; i < files.length; i++) {
      const found = fileStates.output(files[i]!, i, rule.outputs[i]!.marks, trace);
      if (found === "changed" && changed < 0) changed = files[i]!;
      if (found !== "missing" && found !== "lost" && found !== "another kind") continue;
      if (missing < 0) missing = files[i]!;
    }
    if (missing >= 0) return reason("missing output", missing);
    const lost = plan.extras.get(job)?.find((file) => fileStates.isExtraLost(file));
    if (lost !== undefined) return reason("missing output", lost);
    if (trace !== undefined && this.#hasFailedSince(job, trace)) return reason("failed last time");
    const other = trace === undefined ? files.find((file) => fileStates.isMadeOtherwise(file)) : undefined;
    if (other !== undefined) return reason("made otherwise", other);
    return changed >= 0 && this.#isTrigger(job, "output") ? reason("changed output", changed) : null;
  }

  /** A log that is read is that of the last attempt: after a failure it says nothing of what stands. */
  #hasFailedSince(job: number, { end }: Trace): boolean {
    const { plan, fileStates, history } = this.#options;
    const failed = history.failures.get(plan.key(job));
    if (failed === undefined || failed.at < end) return false;
    return plan.extras.get(job)?.some((file) => plan.holder(file) < 0 && fileStates.exists(file)) === true;
  }

  #missingInput(job: number, needs: Unsettled): number {
    const isSettled = (maker: number) => !this.#isUnsettled(maker);
    return this.#options.extraInputs.missing(job, needs === settled ? undefined : isSettled);
  }

  /** Without a record: a failure since, or the first input that is newer than the oldest output. */
  #byTime(job: number, needs: Unsettled): Reason | null {
    const { plan, fileStates, history } = this.#options;
    const files = plan.outputs(job);
    const failed = history.failures.get(plan.key(job));
    const times = Array.from(files, (file) => fileStates.fingerprint(file)?.mtime ?? 0);
    const oldest = Math.min(...times);
    if (failed !== undefined && oldest <= failed.at) return reason("failed last time");
    for (const place of plan.inputs(job)) {
      if ((place & 1) === 1) continue;
      const newer = this.#newer(job, place >> 1, oldest, needs);
      if (newer !== null) return newer;
    }
    for (const gather of plan.gathers(job))
      for (const file of plan.gatherFiles(gather)) {
        const newer = this.#newer(job, file, oldest, needs);
        if (newer !== null) return newer;
      }
    return null;
  }

  #newer(job: number, file: number, oldest: number, needs: Unsettled): Reason | null {
    const { plan, fileStates } = this.#options;
    const maker = plan.maker(file);
    if (maker >= 0 && this.#remade.has(maker)) return reason("upstream", maker);
    if (maker >= 0 && needs !== settled && this.#isUnsettled(maker)) return null;
    if (!this.#isTrigger(job, "mtime") || (fileStates.fingerprint(file)?.mtime ?? 0) <= oldest) return null;
    return reason("newer input", file);
  }

  #byRecord(job: number, trace: Trace, needs: Unsettled): Reason | null {
    const { plan, digests, recipes } = this.#options;
    const rule = plan.ruleOf(job);
    const waits = needs.stale >= 0 || needs.maybe >= 0;
    const asks = typeof rule.spec.params === "function";
    const isAskedLater = asks && (waits || plan.afterInputs.has(job));
    if (!isAskedLater && this.#isTrigger(job, "params") && this.#hasOtherParams(job, trace))
      return reason("changed params");
    const { code, prefix } = sameCode(trace, recipes.code(rule));
    if (!code && this.#isTrigger(job, "code")) return reason("changed code");
    if (!prefix && this.#isTrigger(job, "software-env")) return reason("changed software-env");
    // Which of its files will exist is known when their makers have settled.
    if (plan.afterInputs.has(job) || (waits && this.#mayComeShort(job))) return null;
    const sameSet = trace.set === digests.set(job);
    if (!sameSet && this.#isTrigger(job, "input")) return reason("changed input set");
    // Contents of other files are not compared.
    if (!sameSet && trace.inputs !== unknownId) return null;
    if (trace.roles === undefined) this.withoutRoles.push(job);
    else if (this.#isTrigger(job, "input") && trace.roles !== digests.roles(job))
      return reason("changed roles");
    return this.#changedInput(job, trace, needs);
  }

  /** Notes jobs of which this is open. */
  #hasOtherParams(job: number, trace: Trace): boolean {
    const { recipes, plan } = this.#options;
    let readsInputs = true;
    try {
      const recipe = recipes.of(plan.job(job));
      if (sameParams(trace, recipe.params)) return false;
      readsInputs = recipe.readsInputs === true;
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      const { maker, isAbsent } = this.#firstRemade(job);
      if (maker < 0) throw error;
      // If its function may read an input that was removed, what it gave counts.
      if (!isAbsent) this.#openParams.set(job, maker);
      return false;
    }
    const { maker } = this.#firstRemade(job);
    if (readsInputs && maker >= 0) this.#openParams.set(job, maker);
    return !readsInputs || maker < 0;
  }

  /** The first job that makes an input of a job again, ancient or not; else one that must if the input is needed. */
  #firstRemade(job: number): { readonly maker: number; readonly isAbsent: boolean } {
    const { plan, fileStates } = this.#options;
    let absent = -1;
    for (const file of plan.inputFiles(job)) {
      const maker = plan.maker(file);
      if (maker < 0) continue;
      if (this.#isUnsettled(maker)) return { maker, isAbsent: false };
      if (absent < 0 && fileStates.isAbsent(file)) absent = maker;
    }
    return { maker: absent, isAbsent: true };
  }

  /** The recipe of a job; null if its function may read an input that was removed: then what it gave counts. */
  recipe(job: number): Recipe | null {
    const { plan, recipes, fileStates } = this.#options;
    try {
      return recipes.of(plan.job(job));
    } catch (error) {
      if (!(error instanceof RecipeError)) throw error;
      for (const file of plan.inputFiles(job)) if (fileStates.isAbsent(file)) return null;
      throw error;
    }
  }

  /**
   * An input with another content. For inputs whose makers have not settled, the recorded content is used. If that and
   * the recorded contents of the other inputs give the digest in the job's record, then the other inputs have changed.
   */
  #changedInput(job: number, trace: Trace, needs: Unsettled): Reason | null {
    const { plan, digests, fileStates } = this.#options;
    if (needs === settled || (needs.stale < 0 && needs.maybe < 0)) {
      if (trace.inputs === digests.inputs(job) || !this.#contentCounts(job)) return null;
      return reason("changed input", this.changedInputs(job, trace)[0] ?? -1);
    }
    if (needs.inGather || !this.#isTrigger(job, "mtime")) return null;
    const known = (file: number) => fileStates.recordedContent(file) ?? "";
    const isOpen = (file: number) => plan.maker(file) >= 0 && this.#isUnsettled(plan.maker(file));
    const now = (file: number) => (isOpen(file) ? known(file) : (fileStates.content(file) ?? ""));
    if (trace.inputs === digests.inputs(job, now)) return null;
    if (trace.inputs !== digests.inputs(job, known)) return null;
    for (const place of plan.inputs(job)) {
      const file = place >> 1;
      if ((place & 1) === 0 && known(file) !== now(file)) return reason("changed input", file);
    }
    return null;
  }

  /** The inputs that are known to have changed: by content, by time, or because they were made again. */
  changedInputs(job: number, trace: Trace): number[] {
    const { plan, fileStates } = this.#options;
    const places = [...plan.inputs(job)].filter((place) => (place & 1) === 0).map((place) => place >> 1);
    const files = [...places, ...plan.gathers(job).flatMap((gather) => [...plan.gatherFiles(gather)])];
    const since = trace.touched ?? trace.start;
    const changed = files.filter((file) => {
      const now = fileStates.fingerprint(file);
      const before = fileStates.recordedContent(file);
      if (now === null || (before !== undefined && before !== fileStates.content(file))) return true;
      const maker = plan.maker(file);
      const made = maker < 0 ? undefined : fileStates.trace(maker);
      // Records have whole milliseconds, the times of files have fractions.
      return (made?.end ?? Math.floor(now.mtime)) > since;
    });
    return changed.length === 0 && files.length === 1 ? files : changed;
  }

  /** Inputs that this run made again always count: triggers can only exclude older changes. */
  #contentCounts(job: number): boolean {
    if (this.#isTrigger(job, "mtime")) return true;
    if (this.#remade.size === 0) return false;
    const { plan } = this.#options;
    for (const file of plan.inputFiles(job)) if (this.#remade.has(plan.maker(file))) return true;
    return false;
  }

  #isTrigger(job: number, trigger: Trigger): boolean {
    const own = this.#options.plan.ruleOf(job).spec.triggers;
    return this.#ofRun.has(trigger) && (own === undefined || own.includes(trigger));
  }

  #isUnsettled(maker: number): boolean {
    const { states } = this.#options;
    return states.isActive(maker) && !states.isSettled(maker);
  }

  #unsettled(job: number): Unsettled {
    const { plan, states } = this.#options;
    if (!states.hasActive()) return noneActive;
    const found: Unsettled = { stale: -1, maybe: -1, inGather: false };
    for (const place of plan.inputs(job))
      if ((place & 1) === 0 || this.#mayBeShortOf(job, place >> 1)) this.#addUnsettled(found, place >> 1);
    for (const gather of plan.gathers(job)) {
      const { stale, maybe } = this.#gathers.of(gather);
      if (found.stale < 0) found.stale = stale;
      if (found.maybe < 0) found.maybe = maybe;
      found.inGather ||= stale >= 0 || maybe >= 0;
    }
    return found;
  }

  #unsettledIn(gather: number): Unsettled {
    const found: Unsettled = { stale: -1, maybe: -1, inGather: true };
    for (const file of this.#options.plan.gatherFiles(gather)) this.#addUnsettled(found, file);
    return found;
  }

  #addUnsettled(found: Unsettled, file: number): void {
    const { plan, states } = this.#options;
    const maker = plan.maker(file);
    if (maker < 0 || !this.#isUnsettled(maker)) return;
    if (states.isStale(maker)) found.stale = found.stale < 0 ? maker : found.stale;
    else if (found.maybe < 0) found.maybe = maker;
  }

  /**
   * Lists of the job may become shorter than declared: an optional job before it may still run, and fail. The files of
   * those that are up to date are there.
   */
  #mayComeShort(job: number): boolean {
    const { plan, optional } = this.#options;
    if (!optional.takesSome(job)) return false;
    // Inputs that an `after` names can be anywhere in the plan.
    if (plan.afterInputs.size > 0 || plan.functionInputs.size > 0 || plan.firstLists.size > 0) return true;
    for (; this.#asked < job && !this.#optionalMayRun; this.#asked++)
      this.#optionalMayRun = optional.mayFail(this.#asked) && this.#isUnsettled(this.#asked);
    return this.#optionalMayRun;
  }

  /** Contents of ancient inputs do not count, but adding or removing one of a list does. */
  #mayBeShortOf(job: number, file: number): boolean {
    const { optional } = this.#options;
    return optional.mayLack(file) && !optional.isRequired(job, file);
  }

  /** A job was made again in this run. */
  setMade(job: number): void {
    this.#remade.add(job);
    this.#options.extraInputs.setMade(job);
  }

  /** Forgets the unsettled makers of gathers. */
  forgetGathers(): void {
    this.#gathers.forgetAll();
    this.#options.extraInputs.forgetGathers();
  }
}
