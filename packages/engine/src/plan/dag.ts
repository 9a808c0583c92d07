/**
 * The plan: from the wanted targets back to the sources, over the rules.
 *
 * Every path is looked up once, every job made once, a gather over an expansion is one node; so the cost
 * grows with the number of jobs and not with jobs times rules or inputs. A plan can grow: a job whose inputs
 * depend on what another makes asks for more when that is made.
 */

import type { Inventory } from "../disk/inventory.ts";
import { BraidError, cannot } from "../errors.ts";
import type { Expanded } from "../patterns/expand.ts";
import { expandedPaths } from "../patterns/expand.ts";
import { answered } from "../rules/answered.ts";
import { type AnyRule, type Files, originalOf } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { type Choice, chooser, isTooLong } from "./choose.ts";
import { dropImpossible } from "./impossible.ts";
import { type Awaited, fromFiles, inputsFor, type Need } from "./job-inputs.ts";
import { nestingCheck } from "./nesting.ts";
import { orderJobs } from "./order-jobs.ts";
import { CannotGrow, type Gather, type Plan, type PlannedFile, type PlannedJob } from "./plan.ts";
import { cannotAsk, endless, sharedOutput, tooLongPath } from "./plan-errors.ts";

export {
  CannotGrow,
  findInput,
  type Gather,
  growPlan,
  inputsOf,
  isTemporary,
  type Plan,
  type PlannedFile,
  type PlannedJob,
} from "./plan.ts";

const noGathers: readonly Gather[] = [];
const noFiles: ReadonlySet<PlannedFile> = new Set();

/**
 * Plans what makes `targets`: names of rules without wildcards, or paths. `real` gives the paths that functions of
 * rules can open.
 * Throws where no rule makes a file that does not exist, where two rules could, and where jobs need each other.
 */
export function plan(
  rules: readonly NamedRule[],
  targets: readonly string[],
  disk: Inventory,
  order: RuleOrder = [],
  real: (path: string) => string = (path) => path,
): Plan {
  const files = new Map<string, PlannedFile>();
  const gathers = new Map<Expanded, Gather>();
  const makers = new Map<PlannedFile, NamedRule>();
  const asked = new Set<PlannedFile>();
  const bySpec = new Map<AnyRule, NamedRule>(rules.map((rule) => [originalOf(rule.spec), rule]));
  const choose = chooser(rules, disk, order);
  const checkNesting = nestingCheck(rules);
  const growth = growthGuard();
  const unclear = rules.some((rule) => rule.outputs.some((output) => !output.plain));
  // Who wants each pending file first; the values of its wildcards decide where a path can be split in two ways.
  let pending: PlannedFile[] = [];
  let wanters: (Choice | undefined)[] = [];
  let jobs: PlannedJob[] = [];

  function fileAt(path: string): PlannedFile {
    let file = files.get(path);
    if (file === undefined) {
      file = { path, index: files.size, maker: null };
      files.set(path, file);
    }
    return file;
  }

  function want(path: string, wanter?: Choice): PlannedFile {
    const before = files.size;
    const file = fileAt(path);
    if (files.size > before) {
      pending.push(file);
      if (unclear) wanters.push(wanter);
    }
    return file;
  }

  function wantNeed(need: Need, wanter: Choice): PlannedFile {
    const file = want(need.path, wanter);
    if (need.maker === undefined) return file;
    const maker = bySpec.get(originalOf(need.maker));
    if (maker === undefined)
      throw cannot("plan", need.path, "the rule that madeBy() names is not in the workflow");
    makers.set(file, maker);
    return file;
  }

  function gatherOf(expanded: Expanded): Gather {
    let gather = gathers.get(expanded);
    if (gather === undefined) {
      gather = { files: expandedPaths(expanded).map((path) => want(path)) };
      gathers.set(expanded, gather);
    }
    return gather;
  }

  /** `wanted` is the file that the choice was made for. */
  function makeJob(choice: Choice, wanted?: PlannedFile): PlannedJob {
    const { rule, values } = choice;
    const job: PlannedJob = {
      rule,
      values,
      outputs: rule.outputs.map((output, i) =>
        wanted !== undefined && i === choice.output ? wanted : fileAt(output.fill(values)),
      ),
      inputs: [],
      gathers: rule.gathers.length === 0 ? noGathers : rule.gathers.map(gatherOf),
      ancient: noFiles,
      given: undefined,
      after: undefined,
      order: -1,
    };
    for (const file of job.outputs) {
      if (file.maker !== null) throw sharedOutput(file.path, file.maker, job);
      if (isTooLong(file.path)) throw tooLongPath(file.path, job);
      file.maker = job;
    }
    if (rule.simple) job.inputs = rule.singles.map((input) => want(input.fill(values), choice));
    else {
      const { needs, given, after } = inputsFor(rule, values, real);
      job.given = given;
      job.after = after;
      addNeeds(job, needs);
      if (after !== undefined) for (const file of job.inputs) asked.add(file);
    }
    jobs.push(job);
    return job;
  }

  function addNeeds(job: PlannedJob, needs: readonly Need[]): void {
    const wanted = needs.map((need) => wantNeed(need, job));
    job.inputs = [...job.inputs, ...wanted];
    if (needs.some((need) => need.ancient))
      job.ancient = new Set([...job.ancient, ...wanted.filter((_, i) => needs[i]!.ancient)]);
  }

  /** Makes the jobs for all that is wanted and not yet looked at. */
  function work(): void {
    for (let next = 0; next < pending.length; next++) {
      const file = pending[next]!;
      if (file.maker !== null) continue;
      const wanter = wanters[next];
      const choice = choose(file.path, wanter, makers.size === 0 ? undefined : makers.get(file));
      if (choice === null) continue;
      if (growth(choice.rule, file.path)) throw endless(choice, file.path);
      makeJob(choice, file);
    }
    pending = [];
    wanters = [];
  }

  const wanted = targets.flatMap((target): (PlannedFile | PlannedJob)[] => {
    const rule = rules.find((r) => r.name === target);
    if (rule === undefined) return [want(target)];
    if (rule.wildcards.length > 0) throw cannotAsk(rule);
    if (rule.outputs.length === 0) return [makeJob({ rule, values: [] })];
    return rule.outputs.map((output) => {
      const file = want(output.fill([]));
      makers.set(file, rule);
      return file;
    });
  });
  work();
  checkNesting(jobs, files);
  dropImpossible(rules, jobs, files.values(), wanted, disk);
  return {
    jobs: numbered(orderJobs(wanted)),
    files,
    targets: wanted,
    asked,
    grow(job) {
      const { after, inputs, ancient } = job;
      if (after === undefined) return [];
      const before = files.size;
      const gathersBefore = gathers.size;
      jobs = [];
      try {
        const given = next(job, after);
        job.after = undefined;
        job.given = given;
        addNeeds(job, fromFiles(given, given).needs);
        work();
        checkNesting(jobs, files);
        const added = [...files.values()].slice(before);
        dropImpossible(rules, [...jobs, job], added, [job], disk);
        return orderJobs(job.inputs);
      } catch (error) {
        forget(before, gathersBefore);
        Object.assign(job, { after, inputs, ancient, given: undefined });
        for (const output of job.outputs) output.maker = job;
        throw error instanceof BraidError ? new CannotGrow(error.message, { cause: error }) : error;
      }
    },
  };

  /** Takes back what a growth has begun that failed: other jobs may ask for the same. */
  function forget(filesBefore: number, gathersBefore: number): void {
    pending = [];
    wanters = [];
    for (const job of jobs) for (const file of job.outputs) if (file.maker === job) file.maker = null;
    for (const file of [...files.values()].slice(filesBefore)) files.delete(file.path);
    for (const expanded of [...gathers.keys()].slice(gathersBefore)) gathers.delete(expanded);
  }
}

function numbered(jobs: PlannedJob[]): PlannedJob[] {
  jobs.forEach((job, i) => {
    job.order = i;
  });
  return jobs;
}

function next(job: PlannedJob, { made, next }: Awaited): Files {
  const thing = job.outputs[0]?.path ?? job.rule.name;
  let given: Files;
  try {
    given = next(made as never);
  } catch (error) {
    throw cannot("plan", thing, "its after() function failed", {
      facts: [["error", String((error as Error).message ?? error)]],
      cause: error,
    });
  }
  return answered(given, "plan", thing, "its after() function", true);
}

/**
 * Tells endless recursion, `{x}.txt` made from `{x}.txt.txt`: paths of one rule that grow and grow, and
 * repeat a part of themselves.
 */
function growthGuard(): (rule: NamedRule, path: string) => boolean {
  const longest: number[] = [];
  const raised: number[] = [];
  return ({ index }, path) => {
    if (path.length <= (longest[index] ?? 0)) return false;
    longest[index] = path.length;
    raised[index] = (raised[index] ?? 0) + 1;
    return raised[index] > 20 && (isTooLong(path) || /(.{2,})\1{9}/.test(path));
  };
}
