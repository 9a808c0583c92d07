/** Checks of data folders. */
export { checkFolder, type FolderReport } from "./check-folder.ts";
export { type ColumnSummary, checkTable, type Kind, type SiteSummary } from "./check-table.ts";
export { collectFindings, type Finding, type Findings } from "./finding.ts";
export { formatReport, hasErrors } from "./format-report.ts";
