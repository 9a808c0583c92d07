/**
 * The commands that make web pages: `--report`, `ui` and `--ui`. They import the package braid-pages on demand.
 */

import { existsSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { lockHolder } from "../../disk/lock.ts";
import { prepareWithHistory } from "../../dry-run.ts";
import { cannot } from "../../errors.ts";
import { importOptional } from "../../packages.ts";
import { fileSize } from "../../quantities.ts";
import { type Inspection, inspect } from "../../report/inspect.ts";
import type { PlanOptions } from "../../staleness/plan-options.ts";
import type { Project } from "../project.ts";

/** The subpaths of braid-pages that the engine imports, and what each exports. */
export interface Pages {
  readonly "run-report": RunReportPage;
  readonly "live-view": LiveViewPage;
  readonly graph: GraphDrawing;
}

/** `file` is absolute; `shown` is the path that the user wrote. */
export interface RunReportPage {
  /** Throws if a page may not replace the file. */
  placeOfPage(file: string, shown: string): string;
  /** The absolute paths of the files that are written beside a page at this place. */
  filesBeside(place: string): readonly string[];
  /** Resolves with the size of the page in bytes. */
  writeRunReport(file: string, shown: string, inspection: Inspection): Promise<number>;
}

/** `folder` is the working folder. */
export interface LiveViewPage {
  /** The live view that is already running; null if there is none. */
  findLiveView(folder: string): Promise<{ readonly url: string; readonly pid: number } | null>;
  /** Serves it in this process, on one page with those of `others`. */
  serveLiveView(
    folder: string,
    others?: readonly string[],
  ): Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Finds the running server or starts one that outlives this process. Resolves with its address. */
  startLiveView(folder: string): Promise<string>;
}

export interface GraphDrawing {
  /** Draws Graphviz text as SVG. */
  svg(dot: string): Promise<string>;
}

/** Imports from the workflow's `folder`. `wanted` is the option that needs it. Throws an error that says how to install it. */
export function importPages<Part extends keyof Pages>(
  part: Part,
  folder: string,
  wanted: string,
): Promise<Pages[Part]> {
  return importOptional<Pages[Part]>(`braid-pages/${part}`, folder, wanted);
}

/** Resolves with a message for the user; `file` is absolute. */
export async function reportCommand(
  { folder, shown, url, options }: Project,
  file: string,
  planning: PlanOptions,
  config: unknown,
): Promise<string> {
  const workflow = fileURLToPath(url);
  const { placeOfPage, filesBeside, writeRunReport } = await importPages(
    "run-report",
    dirname(workflow),
    "--report",
  );
  const prepared = prepareWithHistory(planning);
  const { history, plan } = prepared;
  const name = shown(file);
  if (history.runs.length === 0 && history.traces.size === 0)
    throw cannot("write the report", name, "nothing has run here yet", {
      facts: [["folder", folder]],
      hint: "Run the workflow first, or use -d for another working folder.",
    });
  const refuseOwn = (path: string, cause: string) => {
    if (plan.find(relative(folder, path)) >= 0)
      throw cannot("write the report", name, cause, { hint: "Name another file: --report FILE." });
  };
  refuseOwn(file, "the workflow makes or reads this file");
  const beside = filesBeside(placeOfPage(file, name));
  for (const path of beside)
    refuseOwn(path, `the workflow makes or reads "${shown(path)}", where the report keeps its data`);
  if (options.dryRun) return `${name} would be written.`;
  const about = { workflow, folder, config, holder: lockHolder(folder) };
  const size = await writeRunReport(file, name, inspect(prepared, about));
  const folders = [...new Set(beside.map((path) => basename(dirname(path))))].join(", ");
  return `${name} is written, ${fileSize(size)}; the data of all jobs are in ${folders} beside it.`;
}

/** Serves one or several folders. Imports braid-pages from `workflowFolder`. */
export async function uiCommand(folders: readonly string[], workflowFolder: string): Promise<number> {
  for (const folder of folders)
    if (!existsSync(folder))
      throw cannot("show", folder, "the folder does not exist", {
        hint: "Name working folders after ui, or one with -d.",
      });
  const [folder, ...others] = [...new Set(folders)] as [string, ...string[]];
  const { findLiveView, serveLiveView } = await importPages("live-view", workflowFolder, "ui");
  // A server that is already running shows only its own folders.
  const there = others.length === 0 ? await findLiveView(folder) : null;
  if (there !== null) {
    process.stdout.write(`${there.url}\nAlready served by process ${there.pid}.\n`);
    return 0;
  }
  const view = await serveLiveView(folder, others);
  process.stdout.write(`${view.url}\nPress Ctrl-C to stop the page; a run goes on without it.\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
  });
  await view.close();
  return 0;
}

/** The folders that `ui` shows: those that are named, else the working folder. */
export function foldersToShow(
  words: readonly string[],
  directory: string | undefined,
  workingFolder: string,
): string[] {
  if (words.length === 0) return [workingFolder];
  if (directory !== undefined)
    throw cannot("show", words.join(" "), "folders are named twice, after ui and with -d", {
      hint: `Name all of them after ui: ui ${directory} ${words.join(" ")}.`,
    });
  return words.map((word) => resolve(word));
}
