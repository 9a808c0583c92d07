/** What is asked of a plan: the rules, the targets, and what counts as out of date. */
import { isAbsolute, normalize, relative } from "node:path/posix";
import { closest } from "../closest.ts";
import type { FileSystem } from "../disk/files.ts";
import { cannot } from "../errors.ts";
import { plainPath } from "../patterns/pattern.ts";
import type { Selection } from "../plan/select.ts";
import type { Rules } from "../rules/rule.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Settings, Trigger } from "../rules/settings.ts";
import type { Force } from "./forced.ts";

export interface PlanOptions {
  readonly rules: Rules;
  readonly settings?: Settings;
  /** Rule names or paths; if empty, the default target. */
  readonly targets?: readonly string[];
  readonly force?: Force;
  /** The part of the plan that is wanted. */
  readonly select?: Selection;
  /** Rules by name, files by path: their jobs, and all that these depend on, start before others. */
  readonly prioritize?: readonly string[];
  /** What makes an output out of date; default: everything. */
  readonly triggers?: ReadonlySet<Trigger>;
  /** If a source is missing, plans what can still be made. */
  readonly keepGoing?: boolean;
  /** Outputs are taken as they are. */
  readonly touching?: boolean;
  /** The working folder. */
  readonly folder: string;
  /** The workflow file, relative to it: no job may make it. */
  readonly workflow?: string;
  /** Another file system than the folder's, for tests. */
  readonly files?: FileSystem;
  readonly hashLimit?: number;
}

/** The options with each path relative to the working folder: `./a//b` is `a/b`. Throws if one is not in it. */
export function normaliseTargets(options: PlanOptions): PlanOptions {
  const { rules, folder, targets = [], force = {}, select = {}, prioritize = [] } = options;
  const paths = (names: readonly string[] = []) =>
    names.map((name) => (Object.hasOwn(rules, name) ? name : targetPath(name, folder)));
  return {
    ...options,
    targets: paths(targets),
    force: { ...force, these: paths(force.these) },
    select: { until: paths(select.until), omitFrom: paths(select.omitFrom) },
    prioritize: paths(prioritize),
  };
}

function targetPath(target: string, folder: string): string {
  const path = plainPath(normalize(isAbsolute(target) && folder !== "" ? relative(folder, target) : target));
  if (target === "" || target.includes("\0") || isAbsolute(path) || path === ".." || path.startsWith("../"))
    throw cannot("make the target", target, "it is not in the working folder", {
      hint: "Targets are rules, or paths relative to the working folder (see --directory).",
    });
  return path;
}

/** Throws if the settings name a rule that the workflow does not have. */
export function checkNames({ defaultTarget, ruleOrder = [] }: Settings, rules: readonly NamedRule[]): void {
  const names = rules.map((rule) => rule.name);
  for (const name of [defaultTarget ?? names[0]!, ...ruleOrder.flat()])
    if (!names.includes(name)) {
      const near = closest(name, names);
      throw cannot("read the workflow", "", `its settings name the rule "${name}", which it does not have`, {
        ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
      });
    }
}
