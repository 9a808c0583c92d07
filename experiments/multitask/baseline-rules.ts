/** Simple baselines and the models' skill over them, as a target of its own: `pnpm exp:a baselines`. */
import { expand, literal, rule } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSite, paramsOfKeptDays } from "./gap-rules.ts";
import { sitePatterns } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { fitBaselines } from "./steps/fit-baselines.ts";
import { measureSkill } from "./steps/measure-skill.ts";

/** The rules of the baselines; `metrics` is what was gathered. */
export function baselineRules(experiment: ResolvedExperiment, metrics: string) {
  const { name, sites, factors, seeds, evaluate, prepare, units, discharge } = experiment;
  const fit_baselines = rule({
    input: {
      observations: literal(experiment.observations),
      prepared: sitePatterns(experiment).prepared,
      ...excludedOfSite(experiment),
    },
    output: `${name}/site_id_{site_id}/baselines.csv`,
    params: paramsOfKeptDays(experiment, {
      variables: prepare.variables,
      discharge,
      partitions: prepare.partitions,
      mask: prepare.mask,
      evaluate,
      ...(units === undefined ? {} : { unscaled: { logarithms: prepare.logarithms } }),
    }),
    code: code(
      ...["./baselines/climatology.ts", "./baselines/days.ts", "./baselines/ridge.ts", "./metrics.ts"],
      ...["./reading/observations.ts", "./steps/fit-baselines.ts", "./steps/truth.ts", "./sums.ts"],
    ),
    run: fitBaselines,
  });
  const measure_skill = rule({
    input: { metrics, baselines: expand(fit_baselines.output, { site_id: sites }) },
    output: { scores: `${name}/baselines/scores.csv`, skill: `${name}/baselines/skill.csv` },
    params: { primary: prepare.variables[0]!, factors, seeds, evaluate },
    code: code("./steps/measure-skill.ts"),
    run: measureSkill,
  });
  return { baselines: rule({ input: Object.values(measure_skill.output) }), fit_baselines, measure_skill };
}
