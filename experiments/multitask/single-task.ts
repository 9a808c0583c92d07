/**
 * Where the single-task models of an auxiliary variable are. Factor 0 of the experiment itself never trains the auxiliary: what it has to be
 * compared with is the model of another experiment that has it as the primary, at factor 0. `pnpm exp:c` has those of `exp:a`.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config, Experiment } from "./config.ts";
import { scoreTables } from "./score-tables.ts";
import { namedIn } from "./variants.ts";

/** The single-task models of one auxiliary variable. */
export interface SingleTask {
  readonly variable: string;
  /** The experiment of the config that has the variable as its primary; null if there is none. */
  readonly experiment: string | null;
  /** Its tables of scores that are there, in the working folder. */
  readonly tables: readonly string[];
}

/** Looks for the single-task models of each auxiliary of the experiment `name`; tables are those in the working folder `folder`. */
export function singleTasks(
  config: Config,
  name: string,
  experiment: Experiment,
  folder: string,
): SingleTask[] {
  return experiment.auxiliary.map((variable) => {
    // A split has its baseline in the split of the same name.
    const [whole = "", ...split] = name.split("/");
    const base = reversed(config, whole, experiment.trainOn, variable);
    const found = base === null ? null : [base, ...split].join("/");
    const tables = found === null ? [] : Object.values(scoreTables(found));
    return { variable, experiment: found, tables: tables.filter((table) => existsSync(join(folder, table))) };
  });
}

/** The experiment whose primary is `variable` and whose models have as many sites; a variant of the same name before others. */
function reversed(config: Config, name: string, trainOn: string, variable: string): string | null {
  const variantOf = (one: string) => one.split("@")[1] ?? "";
  const fitting = namedIn(config).filter((one) => {
    try {
      const keys = one.experiment();
      return one.name !== name && keys.primary === variable && keys.trainOn === trainOn;
    } catch {
      // A mistake in another experiment is reported when that one runs.
      return false;
    }
  });
  const same = fitting.find((one) => variantOf(one.name) === variantOf(name));
  return (same ?? fitting[0])?.name ?? null;
}
