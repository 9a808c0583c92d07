/** Tables of data folders: opening, rows, days, numbers, units. */
export { type Day, formatDay, parseDay } from "./day.ts";
export { formatNumber, parseNumber } from "./number.ts";
export { findTable, openTable } from "./open-table.ts";
export { starterConfig } from "./starter-config.ts";
export type { Row, Table } from "./table.ts";
export { cmsPerCfs, km2PerSquareMile, metresPerFoot } from "./units.ts";
export { csvLine, writeCsv } from "./write-csv.ts";
