/**
 * What the command line asks of braid-pages, which makes web pages and draws graphs. It is a package of its own, imported
 * only when a command asks for it.
 */
import { importOptional } from "../optional-package.ts";
import type { Inspection } from "../report/inspect.ts";

/** The subpaths of braid-pages that the engine imports, and what each exports. */
export interface Pages {
  readonly "run-report": RunReportPage;
  readonly "live-view": LiveViewPage;
  readonly graph: GraphDrawing;
}

/** `file` is absolute; `shown` is how the user knows it. */
export interface RunReportPage {
  /** Throws where a page may not go. */
  placeOfPage(file: string, shown: string): string;
  /** Resolves with the size of the page in bytes. */
  writeRunReport(file: string, shown: string, inspection: Inspection): Promise<number>;
}

/** `folder` is the working folder. */
export interface LiveViewPage {
  /** The live view that is served already; null where there is none. */
  findLiveView(folder: string): Promise<{ readonly url: string; readonly pid: number } | null>;
  /** Serves it in this process. */
  serveLiveView(folder: string): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Serves it in a process that outlives this one, or finds the one that is there. Resolves with its address. */
  startLiveView(folder: string): Promise<string>;
}

export interface GraphDrawing {
  /** Draws Graphviz text as SVG. */
  svg(dot: string): Promise<string>;
}

/** `folder` is that of the workflow, `wanted` what asks for the page, as the user wrote it. Throws how to install it. */
export function importPages<Part extends keyof Pages>(
  part: Part,
  folder: string,
  wanted: string,
): Promise<Pages[Part]> {
  return importOptional<Pages[Part]>(`braid-pages/${part}`, folder, wanted);
}
