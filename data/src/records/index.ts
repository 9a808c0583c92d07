/** Reading by site: the index of a file, and the records of some of its sites. */
export { indexSites, readHeader } from "./site-index.ts";
export { type Columns, checkColumns, readRecords, type SiteRecord } from "./site-record.ts";
