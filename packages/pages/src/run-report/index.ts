/** The page of `--report`: what a workflow's runs did, as one file that opens from disk. */
import type { Inspection } from "braid-engine/inspect";
import { reportPage } from "./report-page.ts";
import { runReport } from "./run-report.ts";
import { writePage } from "./write-page.ts";

export { placeOfPage } from "./write-page.ts";

/** Resolves with the size of the page in bytes. `file` is absolute; `shown` is how the user knows it. */
export async function writeRunReport(file: string, shown: string, inspection: Inspection): Promise<number> {
  const page = await reportPage(runReport(inspection));
  writePage(file, shown, page);
  return Buffer.byteLength(page);
}
