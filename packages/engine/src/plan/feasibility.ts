/**
 * Which paths can be made, or exist: by some way, all of whose inputs can be made. A way is a rule with the values of its
 * wildcards; there may be several for one path.
 */
import type { Inventory } from "../disk/inventory.ts";
import { inputsFor, type JobInputs } from "./job-inputs.ts";
import { isTooLong, repeatsItself } from "./path-checks.ts";
import type { JobLike } from "./plan-errors.ts";

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
  readonly #candidates: (path: string) => readonly JobLike[];
  readonly #prospects = new Map<string, PathFeasibility>();

  /** `candidates` gives all ways to make a path; `without` is a path that none of them may need. */
  constructor(disk: Inventory, candidates: (path: string) => readonly JobLike[], without?: string) {
    this.#disk = disk;
    this.#candidates = candidates;
    if (without !== undefined) this.#prospects.set(without, { can: false, explored: true, ways: [] });
  }

  /** Solved from the sources up, so that paths that need each other are impossible. */
  isFeasible(choice: JobLike): boolean {
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

  #addWay({ rule, values }: JobLike, makes: PathFeasibility, open: string[]): void {
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
