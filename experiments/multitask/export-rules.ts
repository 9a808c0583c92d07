/** What leaves the project, as a target of its own: `pnpm exp:a export`. The default target does not ask for it. */
import { expand, literal, rule, untracked } from "braid-engine";
import { code } from "./code-files.ts";
import { excludedOfSite, paramsOfKeptDays } from "./gap-rules.ts";
import { excludedSites, inMetrics, missingSites, paramsBySites } from "./missing-sites.ts";
import { allOfSite } from "./model-files.ts";
import type { ResolvedExperiment } from "./resolve.ts";
import { exportPredictions } from "./steps/export-predictions.ts";
import { exportScores } from "./steps/export-scores.ts";
import { exportOfUnits } from "./steps/units/by-site.ts";
import { ofSite } from "./unit-rules.ts";

const formats = ["cf", "netcdf", "parquet"].map((name) => `./export/${name}.ts`);

/** The rules of the export; `metrics` is what was gathered. */
export function exportRules(experiment: ResolvedExperiment, metrics: string) {
  const { name, sites, factors, seeds, evaluate, prepare, units, discharge, synthetic } = experiment;
  const siteList = experiment.siteList === null ? [] : [literal(experiment.siteList)];
  const folder = `${name}/export` as const;
  const shared = {
    experiment: name,
    synthetic,
    variables: prepare.variables,
    discharge,
    factors,
    seeds,
    evaluate,
  };
  const ofPredictions = {
    output: {
      netcdf: `${folder}/predictions/{site_id}.nc`,
      parquet: `${folder}/predictions.parquet/{site_id}.parquet`,
    } as const,
    params: paramsOfKeptDays(experiment, {
      ...shared,
      partitions: prepare.partitions,
      mask: prepare.mask,
      caveats: experiment.caveats,
      mixBackends: untracked(experiment.mixBackends),
    }),
    code: code(
      "./reading/observations.ts",
      "./steps/export-predictions.ts",
      "./steps/truth.ts",
      "./export/site-file.ts",
      "./export/site-table.ts",
      ...formats,
    ),
  };
  const export_predictions =
    units === undefined
      ? rule({
          ...ofPredictions,
          input: {
            observations: literal(experiment.observations),
            predictions: allOfSite(experiment).predictions,
            sites: siteList,
            ...excludedOfSite(experiment),
          },
          run: exportPredictions,
        })
      : rule({
          ...ofPredictions,
          input: ({ site_id }: { readonly site_id: string }) => ({
            observations: experiment.observations,
            sites: experiment.siteList === null ? [] : [experiment.siteList],
            ...ofSite(experiment, units, site_id, { factor: factors, partition: evaluate }),
          }),
          run: exportOfUnits,
        });
  const export_scores = rule({
    input: { metrics, sites: siteList },
    output: { netcdf: `${folder}/scores.nc`, parquet: `${folder}/scores.parquet` },
    params: paramsBySites(experiment, inMetrics(sites, metrics), (present, leftOut) => ({
      ...shared,
      sites: present,
      caveats: [
        ...missingSites(sites, leftOut),
        ...excludedSites(experiment.excluded),
        ...experiment.caveats,
      ],
    })),
    code: code("./steps/export-scores.ts", "./export/score-file.ts", ...formats),
    run: exportScores,
  });
  return {
    export: rule({
      input: [
        ...Object.values(export_scores.output),
        expand(export_predictions.output.netcdf, { site_id: sites }),
      ],
    }),
    export_predictions,
    export_scores,
  };
}
