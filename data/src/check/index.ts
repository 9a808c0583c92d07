/** Checks of data folders. */
export { checkFolder, type FolderReport } from "./check-folder.ts";
export { checkListed } from "./check-listed.ts";
export { lacksPrecipitation } from "./check-precipitation.ts";
export type { SiteSums } from "./check-runoff.ts";
export { checkTable, type SiteSummary } from "./check-table.ts";
export type { ColumnSummary, Kind } from "./column.ts";
export { isConstant } from "./constant.ts";
export { collectFindings, type Finding, type Findings } from "./finding.ts";
export { findingList, formatFinding, formatReport, gapAdvice, hasErrors } from "./format-report.ts";
export { listed } from "./listed.ts";
export { separatorOf } from "./row-fault.ts";
export { idFault } from "./site-ids.ts";
export { isDischarge, isPrecipitation } from "./units-of.ts";
