/** The place for the table of all jobs. The page's script loads the data when the reader asks for them. */
import { count, fileSize } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import { section } from "../table.ts";

export interface JobsFile {
  readonly jobs: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Its address from the page. */
  readonly address: string;
  /** The beginning of the address of every file of the working folder, from the page: `./`. */
  readonly way: string;
}

export function allJobsSection({ jobs, size, address, way }: JobsFile): Html | null {
  if (jobs === 0) return null;
  return section(
    "jobs",
    "All jobs",
    html`<div id="all-jobs" data-file="${address}" data-way="${way}"><p><button type="button" id="load-jobs" hidden>Search and sort ${count(jobs, "job")}</button></p>
<p class="legend">Loads <code>${address}</code> (${fileSize(size)}) from beside the page; keep them together. Nothing is sent anywhere.</p>
<noscript><p class="legend">Your browser does not run the script of this page, so the table cannot be shown.</p></noscript></div>`,
  );
}
