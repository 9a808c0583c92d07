/** The public names of the report. */
export { dataScript } from "../shared/data-script.ts";
export { packSeries } from "../shared/packed.ts";
export { pageModules, seriesModules } from "./modules.ts";
export type {
  AuxiliaryVerdicts,
  Caveat,
  Facts,
  PredictedSeries,
  Report,
  RuleNode,
  ScoreCube,
  Site,
  SiteCount,
  SiteResult,
  SiteSeries,
  TestCounts,
  Verdicts,
} from "./report.ts";
export { type ReportFiles, writeReport } from "./write-report.ts";
