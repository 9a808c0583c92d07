/** The page of `--report`: what a workflow's runs did, as one file that opens from disk, with the data of all jobs beside it. */
import { dirname } from "node:path";
import type { Inspection } from "braid-engine/inspect";
import { dataScript } from "../shared/data-script.ts";
import { jobData } from "./job-data.ts";
import { pageScript } from "./page-script.ts";
import { reportPage } from "./report-page.ts";
import { runReport } from "./run-report.ts";
import { dataFileOf, placeOfPage, wayTo, writeData, writePage } from "./write-page.ts";

export { placeOfPage } from "./write-page.ts";

/** The files that a page at `place` has beside it. */
export function filesBeside(place: string): readonly string[] {
  return [dataFileOf(place).path];
}

/** Resolves with the size of the page in bytes. `file` is absolute; `shown` is how the user knows it. */
export async function writeRunReport(file: string, shown: string, inspection: Inspection): Promise<number> {
  const place = placeOfPage(file, shown);
  const jobs = jobData(inspection.jobs());
  const data = dataScript("jobs", jobs);
  const page = await reportPage(
    runReport(inspection),
    {
      ...{ jobs: jobs.path.length, size: Buffer.byteLength(data), address: dataFileOf(place).address },
      way: wayTo(inspection.folder, dirname(place)),
    },
    await pageScript(),
  );
  // The data first: an older page then finds newer data, never none.
  writeData(place, shown, data);
  writePage(file, shown, page);
  return Buffer.byteLength(page);
}
