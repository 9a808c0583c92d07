/** Where the tables of scores of an experiment are: that of the default target, and the one that the statistics add to it. */
export function scoreTables(experiment: string) {
  return {
    overall: `${experiment}/overall_metrics.csv`,
    judged: `${experiment}/statistics/metrics.csv`,
  } as const;
}
