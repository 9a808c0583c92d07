/** Whether a path can be made, judged by inputs, existing files and other rules. */

import type { Inventory } from "../disk/inventory.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { inputsFor, type JobInputs } from "./job-inputs.ts";
import { isTooLong, repeatsItself } from "./path-checks.ts";

/** A rule with the values of its wildcards. */
export interface Choice {
  readonly rule: NamedRule;
  readonly values: readonly string[];
  /** Which of the rule's outputs the path is that it was chosen for; -1 for its log. */
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

  /** Solved from the sources up, so that paths that need each other come out as impossible. */
  isFeasible(choice: Choice): boolean {
    const goal: PathFeasibility = { can: false, explored: true, ways: [] };
    const open: string[] = [];
    this.#addWay(choice, goal, open);
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      const prospect = this.#prospect(path);
      if (prospect.explored) continue;
      prospect.explored = true;
      // Rules that feed each other ask for ever longer paths. Do not search for such files.
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
