/**
 * Which rule makes a path. Of several, those whose inputs cannot be made are out; then the order of rules
 * decides, and where it says nothing the path is ambiguous.
 */

import type { Inventory } from "../disk/inventory.ts";
import { cannot } from "../errors.ts";
import { bind, type NamedRule } from "../rules/ruleset.ts";
import type { RuleOrder } from "../rules/settings.ts";
import { inputsFor, type JobInputs } from "./job-inputs.ts";
import { describeJob } from "./plan-errors.ts";

/** A rule with the values of its wildcards. */
export interface Choice {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  /** Which of the rule's outputs the path is that it was chosen for; -1 for its log. */
  readonly output?: number;
}

/** What is known of whether a path can be made. */
interface Prospect {
  can: boolean;
  explored: boolean;
  /** Ways to make other paths that need this one. */
  readonly ways: Way[];
}

/** One way to make a path: how many of the paths that it needs are not known to be possible. */
interface Way {
  missing: number;
  readonly makes: Prospect | null;
}

/**
 * Chooses for a path. `wanter` is the job that needs it: where the path can be split in several ways, the values
 * of its wildcards decide. `maker` is the only rule to look at.
 */
export type Choose = (path: string, wanter?: Choice, maker?: NamedRule) => Choice | null;

export function chooser(rules: readonly NamedRule[], disk: Inventory, order: RuleOrder = []): Choose {
  const known = new Map<string, Prospect>();
  let prospects = known;
  const logged = rules.flatMap((rule) =>
    rule.matchLog === undefined ? [] : [{ rule, match: rule.matchLog }],
  );
  const unclear = rules.some((rule) => rule.outputs.some((output) => !output.plain));

  function candidates(path: string, wanter?: Choice, maker?: NamedRule): Choice[] {
    let found: Choice[] = [];
    // An output never leaves the working folder, whatever a wildcard might stand for.
    if (path.startsWith("/") || (path.includes("..") && path.split("/").includes(".."))) return found;
    const wished = unclear && wanter !== undefined ? bind(wanter.rule, wanter.values) : undefined;
    for (const rule of maker === undefined ? rules : [maker])
      for (let i = 0; i < rule.outputs.length; i++) {
        const output = rule.outputs[i]!;
        const values = output.match(path, output.plain ? undefined : wished);
        if (values === null) continue;
        const choice = { rule, values, output: i };
        // Nearly always the only one: a list made for it takes a tenth of the room of one that it is pushed to.
        found = found.length === 0 ? [choice] : [...found, choice];
        break;
      }
    return found.length > 0 || logged.length === 0 ? found : candidatesByLog(path, maker);
  }

  /** A job's log can be another one's input, where no job makes the path as an output. */
  function candidatesByLog(path: string, maker?: NamedRule): Choice[] {
    return logged.flatMap(({ rule, match }) => {
      const values = maker === undefined || maker === rule ? match(path) : null;
      return values === null ? [] : [{ rule, values, output: -1 }];
    });
  }

  /**
   * Solved from below, so that paths that need each other come out as impossible. `without` is a path that
   * must not be needed on the way.
   */
  function isFeasible(choice: Choice, without?: string): boolean {
    prospects =
      without === undefined ? known : new Map([[without, { can: false, explored: true, ways: [] }]]);
    const goal: Prospect = { can: false, explored: true, ways: [] };
    const open: string[] = [];
    addWay(choice, goal, open);
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const prospect = prospectOf(path);
      if (prospect.explored) continue;
      prospect.explored = true;
      // Rules that feed each other ask for ever longer paths: no file of such a name is worth looking for.
      if (isTooLong(path) || repeatsItself(path)) continue;
      if (disk.stat(path) !== null) becomePossible(prospect);
      else for (const other of candidates(path)) addWay(other, prospect, open);
    }
    return goal.can;
  }

  function addWay({ rule, values }: Choice, makes: Prospect, open: string[]): void {
    let needs: JobInputs;
    try {
      needs = inputsFor(rule, values);
    } catch {
      // An input function that cannot say what it needs here makes nothing here.
      return;
    }
    const way: Way = { missing: 0, makes };
    for (const path of new Set(needs.paths())) {
      const prospect = prospectOf(path);
      if (prospect.can) continue;
      way.missing++;
      prospect.ways.push(way);
      if (!prospect.explored) open.push(path);
    }
    if (way.missing === 0) becomePossible(makes);
  }

  function becomePossible(first: Prospect): void {
    const pending = [first];
    for (let prospect = pending.pop(); prospect !== undefined; prospect = pending.pop()) {
      if (prospect.can) continue;
      prospect.can = true;
      for (const way of prospect.ways) if (--way.missing === 0 && way.makes !== null) pending.push(way.makes);
    }
  }

  function prospectOf(path: string): Prospect {
    let prospect = prospects.get(path);
    if (prospect === undefined) {
      prospect = { can: false, explored: false, ways: [] };
      prospects.set(path, prospect);
    }
    return prospect;
  }

  return (path, wanter, maker) => {
    const found = candidates(path, wanter, maker);
    if (found.length <= 1) return found[0] ?? null;
    const possible = found.filter((choice) => isFeasible(choice));
    if (possible.length === 1) return possible[0]!;
    if (possible.length === 0) return disk.stat(path) === null ? found[0]! : null;
    const first = possible.find((one) => possible.every((other) => other === one || precedes(one, other)));
    if (first !== undefined) return first;
    const independent = possible.filter((choice) => isFeasible(choice, path));
    if (independent.length === 1) return independent[0]!;
    throw cannot("choose a rule for", path, "several rules make it", {
      facts: possible.map(({ rule, values }) => ["rule", describeJob(rule, values)] as const),
      hint: "Tell them apart by their paths, by `constraints`, by madeBy() or by the workflow's `ruleOrder`.",
    });
  };

  function precedes(one: Choice, other: Choice): boolean {
    return order.some((names) => {
      const at = names.indexOf(one.rule.name);
      return at >= 0 && at < names.indexOf(other.rule.name);
    });
  }
}

/** True for a path that has grown by the same part again and again. */
export function repeatsItself(path: string): boolean {
  return path.length > 20 && /(.{2,})\1{9}/.test(path);
}

/** True for a path that no file system takes: a name of more than 255 bytes, or 4,095 in all. */
export function isTooLong(path: string): boolean {
  // A character is at most three bytes.
  if (path.length <= longestName / 3) return false;
  const bytes = Buffer.byteLength(path);
  if (bytes <= longestName) return false;
  return bytes > 4_095 || path.split("/").some((name) => Buffer.byteLength(name) > longestName);
}

const longestName = 255;
