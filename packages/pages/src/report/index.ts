/** The public names of the report. */
export { dataScript } from "./data-script.ts";
export { pageModules, seriesModules } from "./modules.ts";
export { packSeries } from "./packed.ts";
export type {
  Caveat,
  Facts,
  PredictedSeries,
  Report,
  RuleNode,
  ScoreCube,
  Site,
  SiteCount,
  SiteSeries,
  TestCounts,
  Verdicts,
} from "./report.ts";
export { type ReportFiles, writeReport } from "./write-report.ts";
