/** The settings of an experiment that its results depend on. */
import type { ResolvedExperiment } from "./resolve.ts";

/**
 * All settings but those that only say how a run works or where files lie: a change of these makes no result stale. What trained a
 * model is in its metrics; which other days are predicted changes none of the experiment's own results. The sites left out by
 * `exclude` are told apart (`excluded`).
 */
export function resultSettings(experiment: ResolvedExperiment) {
  const {
    backend: _backend,
    simd: _simd,
    gpus: _gpus,
    mixBackends: _mixBackends,
    layout: _layout,
    predictions: _predictions,
    sitesMayFail: _sitesMayFail,
    singleTasks: _singleTasks,
    predict: _predict,
    excluded: _excluded,
    ...settings
  } = experiment;
  return settings;
}
