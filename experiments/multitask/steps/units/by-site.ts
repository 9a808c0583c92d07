/** The steps that look at one site of a unit: those of models of one site, given the site's files. */
import { basename } from "node:path";
import { siteFile } from "../../model-files.ts";
import type { BatchOf } from "../batch.ts";
import { ensemblePredictions } from "../ensemble-predictions.ts";
import { exportPredictions } from "../export-predictions.ts";
import { reportSeries } from "../report-series.ts";

/** The files of `site` in folders of predictions, whose names are those of the partitions and `_preds`. */
function filesOf(site: string, folders: readonly string[]): string[] {
  return folders.map((folder) => siteFile(folder, basename(folder).replace(/_preds$/, ""), site));
}

type EnsembleJobs = Parameters<typeof ensemblePredictions>[0];

/** ensemble_predictions of the sites of units. */
export function ensemblesOfUnits(batch: BatchOf<EnsembleJobs[number]>): Promise<void> {
  const own = batch.map((job) => ({
    ...job,
    input: { ...job.input, predictions: filesOf(job.wildcards.site_id, job.input.predictions) },
  }));
  Object.defineProperty(own, "stopping", { get: () => batch.stopping });
  return ensemblePredictions(own as unknown as EnsembleJobs);
}

/** report_series of a site of a unit. */
export function seriesOfUnits(job: Parameters<typeof reportSeries>[0]): Promise<void> {
  const { input, wildcards } = job;
  return reportSeries({
    ...job,
    input: { ...input, predictions: filesOf(wildcards.site_id, input.predictions) },
  });
}

/** export_predictions of a site of a unit. */
export function exportOfUnits(job: Parameters<typeof exportPredictions>[0]): Promise<void> {
  const { input, wildcards } = job;
  return exportPredictions({
    ...job,
    input: { ...input, predictions: filesOf(wildcards.site_id, input.predictions) },
  });
}
