/**
 * Chooses the rule that makes a path. If several rules match, drops those whose inputs cannot be made; then the order of
 * rules decides, and without an order the path is ambiguous. Whether a path can be made is judged by inputs, existing
 * files and other rules.
 */
import type { Inventory } from "../disk/inventory.ts";
import { cannot } from "../errors.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { inputsFor, type JobInputs } from "./job-inputs.ts";
import { isTooLong, repeatsItself } from "./path-checks.ts";
import { describeJob } from "./plan-errors.ts";

/** Chooses the rule for each path of a plan. */
export class RuleChooser {
  readonly #rules: readonly NamedRule[];
  readonly #disk: Inventory;
  readonly #order: RuleOrder;
  readonly #feasibility: Feasibility;
  readonly #logged: readonly RuleWithLog[];
  /** Some output pattern can match a path in several ways. */
  readonly #unclear: boolean;

  constructor(rules: readonly NamedRule[], disk: Inventory, order: RuleOrder = []) {
    this.#rules = rules;
    this.#disk = disk;
    this.#order = order;
    this.#feasibility = this.#feasibilityWithout();
    this.#logged = rules.flatMap((rule) =>
      rule.matchLog === undefined ? [] : [{ rule, match: rule.matchLog }],
    );
    this.#unclear = rules.some((rule) => rule.outputs.some((output) => !output.plain));
  }

  /**
   * Chooses the rule for a path; null if no rule makes it. `wanter` is the job that needs it: if the path can be split
   * in several ways, its wildcard values decide. If `maker` is given, only this rule is considered.
   */
  choose(path: string, wanter?: Choice, maker?: NamedRule): Choice | null {
    const found = this.#candidates(path, wanter, maker);
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
    const isFirst = (one: Choice) => possible.every((other) => other === one || this.#precedes(one, other));
    const first = possible.find(isFirst);
    if (first !== undefined) return first;
    const independent = possible.filter((choice) => this.#feasibilityWithout(path).isFeasible(choice));
    if (independent.length === 1) return independent[0]!;
    throw cannot("choose a rule for", path, "several rules make it", {
      facts: possible.map(({ rule, values }) => ["rule", describeJob(rule, values)] as const),
      hint: "Tell them apart by their paths, by `constraints`, by madeBy() or by the workflow's `ruleOrder`.",
    });
  }

  #feasibilityWithout(without?: string): Feasibility {
    return new Feasibility(this.#disk, (path) => this.#candidates(path), without);
  }

  #candidates(path: string, wanter?: Choice, maker?: NamedRule): Choice[] {
    let found: Choice[] = [];
    // An output never leaves the working folder, whatever a wildcard might stand for.
    if (path.startsWith("/") || (path.includes("..") && path.split("/").includes(".."))) return found;
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

  #precedes(one: Choice, other: Choice): boolean {
    return this.#order.some((names) => {
      const at = names.indexOf(one.rule.name);
      return at >= 0 && at < names.indexOf(other.rule.name);
    });
  }
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

/** A rule with the values of its wildcards. */
export interface Choice {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  /** The index of the path among the rule's outputs; -1 for its log. */
  readonly output?: number;
}

/** What is known of whether a path can be made. */
interface PathFeasibility {
  can: boolean;
  explored: boolean;
  /** Ways to make other paths that depend on this one. */
  readonly ways: Way[];
}

/** One way to make a path, with the number of its inputs that are not known to be possible. */
interface Way {
  missing: number;
  readonly makes: PathFeasibility;
}

/** Finds out which paths can be made, optionally without using one given path. */
export class Feasibility {
  readonly #disk: Inventory;
  readonly #candidates: (path: string) => readonly Choice[];
  readonly #prospects = new Map<string, PathFeasibility>();

  /** `candidates` gives all ways to make a path; `without` is a path that none of them may need. */
  constructor(disk: Inventory, candidates: (path: string) => readonly Choice[], without?: string) {
    this.#disk = disk;
    this.#candidates = candidates;
    if (without !== undefined) this.#prospects.set(without, { can: false, explored: true, ways: [] });
  }

  /** Solved from the sources up, so that paths that need each other are impossible. */
  isFeasible(choice: Choice): boolean {
    const goal: PathFeasibility = { can: false, explored: true, ways: [] };
    const open: string[] = [];
    this.#addWay(choice, goal, open);
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const prospect = this.#prospect(path);
      if (prospect.explored) continue;
      prospect.explored = true;
      // Rules that feed each other need longer and longer paths. Do not search for such files.
      if (isTooLong(path) || repeatsItself(path)) continue;
      if (this.#disk.stat(path) !== null) becomePossible(prospect);
      else for (const other of this.#candidates(path)) this.#addWay(other, prospect, open);
    }
    return goal.can;
  }

  #addWay({ rule, values }: Choice, makes: PathFeasibility, open: string[]): void {
    let needs: JobInputs;
    try {
      needs = inputsFor(rule, values);
    } catch {
      // If an input function throws for these wildcards, the rule cannot make this path.
      return;
    }
    const way: Way = { missing: 0, makes };
    for (const path of new Set(needs.paths())) {
      const prospect = this.#prospect(path);
      if (prospect.can) continue;
      way.missing++;
      prospect.ways.push(way);
      if (!prospect.explored) open.push(path);
    }
    if (way.missing === 0) becomePossible(makes);
  }

  #prospect(path: string): PathFeasibility {
    let prospect = this.#prospects.get(path);
    if (prospect === undefined) {
      prospect = { can: false, explored: false, ways: [] };
      this.#prospects.set(path, prospect);
    }
    return prospect;
  }
}

function becomePossible(first: PathFeasibility): void {
  const pending = [first];
  for (let prospect = pending.pop(); prospect !== undefined; prospect = pending.pop()) {
    if (prospect.can) continue;
    prospect.can = true;
    for (const way of prospect.ways) if (--way.missing === 0) pending.push(way.makes);
  }
}
