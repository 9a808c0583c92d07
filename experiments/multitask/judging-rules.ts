/**
 * The scores that verdicts are about. The default target scores the partitions of `evaluate`; a factor that is chosen on validation
 * is judged on test. The statistics therefore ask for both by themselves: predictions and scores of the models that are
 * there, in a table of their own, so that nothing of the default target is made again.
 */
import { type Expanded, expand, type Rules, rule, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { type PartitionName, partitionNames } from "./config.ts";
import { excludedOfSite, paramsOfKeptDays } from "./gap-rules.ts";
import { filePatterns, storePatterns, unitPatterns } from "./model-files.ts";
import { scoring, settingsOf } from "./model-rules.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { scoreTables } from "./score-tables.ts";
import { seedBlocks } from "./seeds.ts";
import type { AnswerSource } from "./statistics/factor-lines.ts";
import { combineJudged } from "./steps/combine-judged.ts";
import { evaluateStores } from "./steps/packed/steps.ts";
import { ungaugedMetrics } from "./unit-rules.ts";

/** The partitions that the statistics score: those of `evaluate`, and validation and test if they have dates. */
function partitionsToJudge({ evaluate, prepare }: ResolvedExperiment): PartitionName[] {
  const isJudged = (name: PartitionName) => name !== "train" && prepare.partitions[name] !== undefined;
  return partitionNames.filter((name) => evaluate.includes(name) || isJudged(name));
}

/** The experiment with the partitions that the statistics score. */
export function withJudged(experiment: ResolvedExperiment): ResolvedExperiment {
  return { ...experiment, evaluate: partitionsToJudge(experiment) };
}

/** What the short answer is about. */
export function answerSource(experiment: ResolvedExperiment): ResolvedExperiment & AnswerSource {
  const [primary = ""] = experiment.prepare.variables;
  return { ...experiment, primary, judges: partitionsToJudge(experiment) };
}

/** The table of the scores that are judged, and the rules that make it; `metrics` is what the default target gathers. */
export function judgedMetrics(
  experiment: ResolvedExperiment,
  metrics: string,
): { readonly table: string; readonly rules: Rules } {
  const { name, evaluate, mixBackends, units } = experiment;
  const judges = partitionsToJudge(experiment);
  const further = judges.filter((partition) => !evaluate.includes(partition));
  if (further.length === 0) return { table: metrics, rules: {} };
  const scored = scoredOn(experiment, further);
  const table = scoreTables(name).judged;
  const ofJudged = { output: table, params: { mixBackends: untracked(mixBackends) }, run: combineJudged };
  const combine_judged =
    units?.heldOut === undefined
      ? rule({ ...ofJudged, input: { metrics, further: scored.metrics } })
      : // The table of an experiment that holds sites out has a column more than metrics files.
        rule({
          ...ofJudged,
          input: {
            gauged: scoredOn(experiment, judges).metrics,
            ungauged: ungaugedMetrics(withJudged(experiment), units.heldOut),
          },
        });
  return { table, rules: { ...scored.rules, combine_judged } };
}

/** The metrics files of all models on some partitions, and the rules that only they need. */
function scoredOn(
  experiment: ResolvedExperiment,
  partition: readonly PartitionName[],
): { readonly metrics: Expanded<never>; readonly rules: Rules } {
  const { name, sites, factors: factor, seeds, units, layout } = experiment;
  if (units !== undefined) {
    const unit = Object.keys(units.members);
    return {
      metrics: expand(unitPatterns(name).metrics, { unit, factor, seed: seeds, partition }),
      rules: {},
    };
  }
  if (layout === "files") {
    const models = { site_id: sites, factor, seed: seeds };
    return { metrics: expand(filePatterns(name).metrics, { ...models, partition }), rules: {} };
  }
  const files = storePatterns(name);
  const stores = { site_id: sites, factor, seeds: [...seedBlocks(seeds).keys()] };
  return {
    metrics: expand(files.partitionMetrics, { ...stores, partition }),
    rules: { evaluate_judged: evaluateJudged(experiment) },
  };
}

interface OfPartition {
  readonly wildcards: { readonly partition: string };
}

/** Scores a store on one partition: its other metrics file has those of `evaluate`, and must not be made again. */
function evaluateJudged(experiment: ResolvedExperiment) {
  const { evaluate, observations } = settingsOf(experiment);
  const files = storePatterns(experiment.name);
  return rule({
    input: { observations, predictions: [files.predictions], ...excludedOfSite(experiment) },
    output: files.partitionMetrics,
    params: paramsOfKeptDays(experiment, ({ wildcards }: OfPartition) => ({
      ...evaluate,
      evaluate: [wildcards.partition],
    })),
    code: [...scoring, ...code("./steps/packed/steps.ts")],
    batch: 8,
    runBatch: evaluateStores,
  });
}
