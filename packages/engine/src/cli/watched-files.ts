/** Reports the files that a round of `--watch` reads: those of the config, of the rules and of the plan. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareAnew } from "../dry-run.ts";
import { ruleEnvironment } from "../rules/code.ts";
import type { RunOptions } from "../run/options.ts";
import { sourcesOf } from "../staleness/forecast.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import type { OpenProject, Project } from "./project.ts";
import type { Tell } from "./watch.ts";

/** Reports the files that the config names, and the modules, scripts and environments that the rules name. */
export function tellFiles(
  { leaves, folder }: Project,
  { config, rules }: Pick<OpenProject, "config" | "rules">,
  tell: Tell,
): void {
  const named = leaves.filter(({ isPath }) => isPath).flatMap(({ path }) => valueAt(config, path));
  const code = Object.values(rules).flatMap(({ code = [], script }) => [
    ...code,
    ...(script ? [script] : []),
  ]);
  const paths = [...named.filter((value) => typeof value === "string"), ...code.map(pathOf)];
  tell(paths.map((path) => resolve(folder, path)));
  // May throw: the other files must be reported before.
  tell(Object.entries(rules).flatMap(([name, spec]) => ruleEnvironment(name, spec)?.files ?? []));
}

/**
 * Does `work`, which makes a plan, and reports the plan's sources: once when it is made, and again at the end, because it may
 * have grown. If planning fails, perhaps because sources are missing, reports all sources that can be found.
 */
export async function withSources(
  planning: PlanOptions,
  tell: Tell,
  work: (onPlan: NonNullable<RunOptions["onPlan"]>) => number | Promise<number>,
): Promise<number> {
  const absolute = (paths: readonly string[]) => paths.map((path) => resolve(planning.folder, path));
  let tellSources: (() => void) | undefined;
  try {
    const code = await work((plan) => {
      tellSources = () => tell(absolute(plan.sources()), true);
      tellSources();
    });
    tellSources?.();
    return code;
  } catch (error) {
    tell(absolute(missingSources(planning)));
    throw error;
  }
}

/** All sources, of a plan without the jobs that cannot be made. */
function missingSources(planning: PlanOptions): string[] {
  try {
    return sourcesOf(prepareAnew({ ...planning, keepGoing: true }));
  } catch {
    // The error has another cause.
    return [];
  }
}

function pathOf(code: string | URL): string {
  const text = String(code);
  return text.startsWith("file:") ? fileURLToPath(text) : text;
}

/** The values at a place of the config; a list counts as its elements. */
function valueAt(config: unknown, path: readonly string[]): unknown[] {
  const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], config);
  return [value].flat();
}
