/**
 * Chooses the rule that makes a path. If several rules match, drops those whose inputs cannot be made; then the order of
 * rules decides, and without an order the path is ambiguous. Whether a path can be made is judged by inputs, existing
 * files and other rules.
 */
import type { Inventory } from "../disk/inventory.ts";
import { cannot } from "../errors.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { bind, type NamedRule, type OutputTemplate } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { Feasibility } from "./feasibility.ts";
import { describeJob, type JobLike } from "./plan-errors.ts";

/** Chooses the rule for each path of a plan. */
export class RuleChooser {
  readonly #rules: readonly NamedRule[];
  readonly #disk: Inventory;
  readonly #order: RuleOrder;
  readonly #feasibility: Feasibility;
  /** What can be made without the files in output folders. */
  readonly #feasibilityBeside: Feasibility;
  readonly #logged: readonly RuleWithLog[];
  readonly #folders: readonly RuleWithFolder[];
  readonly #jobsOfFolders = new Map<string, readonly FolderJob[]>();
  /** Some output pattern can match a path in several ways. */
  readonly #unclear: boolean;

  constructor(rules: readonly NamedRule[], disk: Inventory, order: RuleOrder = []) {
    this.#rules = rules;
    this.#disk = disk;
    this.#order = order;
    this.#feasibility = this.#feasibilityWithout();
    this.#feasibilityBeside = new Feasibility(disk, (path) => this.#candidates(path));
    this.#logged = rules.flatMap((rule) =>
      rule.matchLog === undefined ? [] : [{ rule, match: rule.matchLog }],
    );
    this.#folders = rules.flatMap(rulesWithFolders);
    this.#unclear = rules.some((rule) => rule.outputs.some((output) => !output.plain));
  }

  /**
   * Chooses the rule for a path; null if no rule makes it. `wanter` is the job that needs it: if the path can be split
   * in several ways, its wildcard values decide. If `maker` is given, only this rule is considered.
   */
  choose(path: string, wanter?: Choice, maker?: NamedRule): Choice | null {
    const found = this.#candidates(path, wanter, maker);
    const folder = this.#folders.length === 0 ? null : this.#chooseFolder(path, found, maker);
    if (folder !== null) return folder;
    if (found.length <= 1) return found[0] ?? null;
    const possible = matchWanter(
      found.filter((choice) => this.#feasibility.isFeasible(choice)),
      wanter,
    );
    if (possible.length === 1) return possible[0]!;
    if (possible.length === 0) {
      // If several rules match an existing file, it is unknown which one made it.
      const isOneRule = found.every(({ rule }) => rule === found[0]!.rule);
      return isOneRule || this.#disk.stat(path) === null ? matchWanter(found, wanter)[0]! : null;
    }
    const first = this.#firstOf(possible);
    if (first !== undefined) return first;
    const independent = possible.filter((choice) => this.#feasibilityWithout(path).isFeasible(choice));
    if (independent.length === 1) return independent[0]!;
    throw this.#ambiguousError(path, possible);
  }

  /** Whether all that a job needs can be made, or exists. */
  isFeasible(choice: Choice): boolean {
    return this.#feasibility.isFeasible(choice);
  }

  #ambiguousError(path: string, possible: readonly Choice[]): Error {
    return cannot("choose a rule for", path, "several rules make it", {
      facts: possible.map(({ rule, values }) => ["rule", describeJob(rule, values)] as const),
      hint: "Tell them apart by their paths, by `constraints`, by madeBy() or by the workflow's `ruleOrder`.",
    });
  }

  #feasibilityWithout(without?: string): Feasibility {
    return new Feasibility(this.#disk, (path) => this.#waysTo(path), without);
  }

  #waysTo(path: string): readonly Choice[] {
    const found = this.#candidates(path);
    if (found.length > 0 || this.#folders.length === 0 || isOutside(path)) return found;
    return [...foldersAbove(path)].flatMap((folder) => this.#folderJobs(folder).filter(({ named }) => named));
  }

  /**
   * The job that makes a folder in which a path lies, unless a job makes the path itself that needs no file in such a
   * folder; null if there is none. Of several folders the innermost that can be made counts.
   */
  #chooseFolder(path: string, found: readonly Choice[], maker?: NamedRule): Choice | null {
    if (isOutside(path)) return null;
    let only: Choice | undefined;
    for (const folder of foldersAbove(path)) {
      const jobs = this.#folderJobs(folder).filter(
        (job) =>
          (maker === undefined ? job.named : job.rule === maker) &&
          !found.some((other) => isSameJob(job, other)),
      );
      if (jobs.length === 0) continue;
      if (found.some((choice) => this.#feasibilityBeside.isFeasible(choice))) return null;
      const possible = jobs.filter((job) => {
        job.possible ??= this.#feasibility.isFeasible(job);
        return job.possible;
      });
      const first = this.#firstOf(possible);
      if (first !== undefined) return first;
      if (possible.length > 0) throw this.#ambiguousError(folder, possible);
      only ??= jobs.find(({ rule }) => rule.wildcards.length === 0);
    }
    // What exists of a folder that cannot be made is used as it is; what does not exist lacks what the folder lacks.
    return found.length > 0 || only === undefined || this.#disk.stat(path) !== null ? null : only;
  }

  /** The jobs that make a folder: found once for all the files in it. */
  #folderJobs(folder: string): readonly FolderJob[] {
    let jobs = this.#jobsOfFolders.get(folder);
    if (jobs === undefined) {
      jobs = this.#folders.flatMap(({ rule, match, named }) => {
        const values = match(folder);
        return values === null ? [] : [{ rule, values, output: -1, folder, named }];
      });
      this.#jobsOfFolders.set(folder, jobs);
    }
    return jobs;
  }

  #candidates(path: string, wanter?: Choice, maker?: NamedRule): Choice[] {
    let found: Choice[] = [];
    // An output never leaves the working folder, whatever a wildcard might stand for.
    if (isOutside(path)) return found;
    const wished = this.#unclear && wanter !== undefined ? bind(wanter.rule, wanter.values) : undefined;
    for (const rule of maker === undefined ? this.#rules : [maker])
      for (let i = 0; i < rule.outputs.length; i++) {
        const output = rule.outputs[i]!;
        const values = output.match(path, output.plain ? undefined : wished);
        if (values === null) continue;
        const choice = { rule, values, output: i };
        // Nearly always the only one: a list made for it takes a tenth of the room of one that it is pushed to.
        if (found.length === 0) found = [choice];
        else if (!found.some((other) => isSameJob(other, choice))) found = [...found, choice];
      }
    return found.length > 0 || this.#logged.length === 0 ? found : this.#candidatesByLog(path, maker);
  }

  /** A job's log can be an input of another job, if no job makes that path as an output. */
  #candidatesByLog(path: string, maker?: NamedRule): Choice[] {
    return this.#logged.flatMap(({ rule, match }) => {
      const values = maker === undefined || maker === rule ? match(path) : null;
      return values === null ? [] : [{ rule, values, output: -1 }];
    });
  }

  /** The one that the order of rules puts before all others; undefined if there is none. */
  #firstOf<One extends Choice>(possible: readonly One[]): One | undefined {
    return possible.find((one) => possible.every((other) => other === one || this.#precedes(one, other)));
  }

  #precedes(one: Choice, other: Choice): boolean {
    return this.#order.some((names) => {
      const at = names.indexOf(one.rule.name);
      return at >= 0 && at < names.indexOf(other.rule.name);
    });
  }
}

function isOutside(path: string): boolean {
  return path.startsWith("/") || (path.includes("..") && path.split("/").includes(".."));
}

function isSameJob(one: Choice, other: Choice): boolean {
  return one.rule === other.rule && one.values.every((value, i) => value === other.values[i]);
}

/** Of several jobs of one rule, only those with the wildcard values of the job that needs the path, if there are any. */
function matchWanter(choices: readonly Choice[], wanter: Choice | undefined): readonly Choice[] {
  if (choices.length <= 1 || wanter === undefined) return choices;
  const wished = bind(wanter.rule, wanter.values);
  const agrees = ({ rule, values }: Choice) =>
    rule.wildcards.every((name, i) => (wished[name] ?? values[i]) === values[i]);
  return choices.filter(
    (one) => agrees(one) || !choices.some((other) => other.rule === one.rule && agrees(other)),
  );
}

interface RuleWithLog {
  readonly rule: NamedRule;
  readonly match: NonNullable<NamedRule["matchLog"]>;
}

interface RuleWithFolder {
  readonly rule: NamedRule;
  readonly match: OutputTemplate["match"];
  /** The pattern has some text: one of nothing but wildcards matches every folder, and says nothing of the files in it. */
  readonly named: boolean;
}

/** A job that makes a folder; `possible` is unknown until it is asked. */
interface FolderJob extends Choice {
  readonly named: boolean;
  possible?: boolean;
}

/** A rule with each of its output folders. */
function rulesWithFolders(rule: NamedRule): RuleWithFolder[] {
  return rule.outputs.flatMap(({ pattern, marks, match }) =>
    marks.directory === true ? [{ rule, match, named: pattern.texts.some((text) => /[^/]/.test(text)) }] : [],
  );
}

/** A job that makes a path. */
export interface Choice extends JobLike {
  /** The index of the path among the rule's outputs; -1 for its log, and for a file in an output folder. */
  readonly output?: number;
  /** The output folder in which the path lies. */
  readonly folder?: string;
}
