/**
 * The rules of an experiment with splits: those of each split under their name with the split's behind it (`train_model.1`), targets
 * that ask for all splits, and the table of verdicts over splits.
 */
import { basename } from "node:path";
import { literal, type Rules, rule } from "braid-engine";
import { code } from "./code-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { incomparable } from "./statistics/compare.ts";
import { tablePaths } from "./statistics/findings.ts";
import { judgedPartition } from "./statistics/spec.ts";
import { compareSplits } from "./steps/compare-splits.ts";

/** The name of a split: its folder without `split_`. */
export const nameOfSplit = ({ name }: Pick<ResolvedExperiment, "name">): string =>
  basename(name).slice("split_".length);

/** Rules under the names that they have in a split. */
export function inSplitNames<R extends Rules>(rules: R, split: ResolvedExperiment): Rules {
  return Object.fromEntries(
    Object.entries(rules).map(([name, one]) => [`${name}.${nameOfSplit(split)}`, one]),
  );
}

/** Where the verdicts over splits lie. */
export function splitPaths(name: string) {
  return {
    counts: `${name}/splits.csv`,
    sites: `${name}/splits_sites.csv`,
    page: `${name}/splits.md`,
  } as const;
}

/** What each split's targets need, and the rules of one split. */
type OfSplit = (split: ResolvedExperiment) => Rules;

/** All rules; `of` gives those of one split, whose targets have no outputs. */
export function splitRules(
  experiment: ResolvedExperiment,
  splits: readonly ResolvedExperiment[],
  of: OfSplit,
): Rules {
  const made = splits.map((split) => ({ split, rules: of(split) }));
  const targets = ["all", "statistics", "report", "baselines", "export", "predict"];
  const ofAll = targets.map((target) => {
    const inputs = made.flatMap(({ rules }) => rules[target]?.input ?? []);
    return [target, rule({ input: inputs as string[] })] as const;
  });
  const compared = incomparable(experiment) === null;
  const compare_splits = compareRule(experiment, splits);
  const statistics = made.flatMap(({ rules }) => rules.statistics?.input ?? []) as string[];
  return {
    ...Object.fromEntries(ofAll),
    statistics: rule({ input: [...statistics, ...(compared ? [compare_splits.output.page] : [])] }),
    compare_splits,
    ...Object.assign({}, ...made.map(({ split, rules }) => inSplitNames(rules, split))),
  };
}

function compareRule(experiment: ResolvedExperiment, splits: readonly ResolvedExperiment[]) {
  const { name, evaluate, prepare, statistics } = experiment;
  return rule({
    input: {
      tests: splits.map((split) => literal(tablePaths(split.name).tests)),
      days: splits.map((split) => literal(tablePaths(split.name).days)),
    },
    output: splitPaths(name),
    params: {
      name,
      primary: prepare.variables[0]!,
      synthetic: splits.some(({ synthetic }) => synthetic),
      judged: judgedPartition(evaluate),
      naiveFactor: statistics.naiveFactor,
      splits: splits.map((split) => ({ name: nameOfSplit(split), partitions: split.prepare.partitions })),
    },
    code: code("./steps/compare-splits.ts", "./statistics/over-days.ts", "./statistics/splits.ts"),
    run: compareSplits,
  });
}
