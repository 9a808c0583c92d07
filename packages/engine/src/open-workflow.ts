/**
 * A workflow as code opens it: imported, its config checked, its rules made. `run` and `dryRun` take the result as part of
 * their options.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { loadConfig } from "./config/config.ts";
import { overlayValues, readLayers } from "./config/files.ts";
import { cannot } from "./errors.ts";
import { importWorkflow, type Workflow } from "./rules/workflow.ts";
import type { RunOptions } from "./run/options.ts";

export interface OpenOptions {
  /** Values of the config. Paths in them are relative to `folder`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Config files, relative to the current folder; later ones override earlier ones, and `config` overrides them all. */
  readonly configFiles?: readonly string[];
  /** The working folder, which contains the outputs; default: the current folder. */
  readonly folder?: string;
}

/** The part of the options of `run` and `dryRun` that a workflow and its config determine. */
export type OpenedWorkflow = Required<Pick<RunOptions, "rules" | "settings" | "folder" | "config">> &
  Pick<RunOptions, "source" | "decide">;

/**
 * Opens a workflow: the URL of its file, or what `workflow()` returned. Bodies run in worker threads if it is a URL, and in
 * this process otherwise. Throws a BraidError if the workflow cannot be loaded or the config is wrong.
 */
export async function openWorkflow(file: URL | Workflow, options: OpenOptions = {}): Promise<OpenedWorkflow> {
  const currentFolder = process.cwd();
  const folder = resolve(options.folder ?? ".");
  const workflow = file instanceof URL ? await load(file) : file;
  const { configFiles: files = [], config: values = {} } = options;
  const { config } = loadConfig({
    schema: workflow.config ?? z.strictObject({}),
    files,
    layers: overlayValues(readLayers(files, currentFolder), values, folder),
    overrides: new Map(),
    currentFolder,
    workingFolder: folder,
    ...(workflow.scope === undefined ? {} : { scope: workflow.scope }),
  });
  const resolved = await workflow.resolve(config);
  const { decide, settings } = workflow;
  return {
    rules: workflow.rules(resolved),
    settings,
    folder,
    config,
    ...(file instanceof URL ? { source: { url: file.href, resolved } } : {}),
    ...(decide === undefined
      ? {}
      : {
          async decide(ahead) {
            const decision = await decide(resolved, ahead);
            return decision && { ...decision, rules: workflow.rules(decision.resolved) };
          },
        }),
  };
}

/** Errors of Node's loader get a hint; others pass. */
async function load(file: URL): Promise<Workflow> {
  try {
    return await importWorkflow(file.href);
  } catch (error) {
    const hint = (await import("./rules/loader-hint.ts")).loaderHint(error);
    if (hint === undefined) throw error;
    const facts = [["error", (error as Error).message]] as const;
    throw cannot("read the workflow", fileURLToPath(file), "loading it failed", {
      facts,
      hint,
      cause: error,
    });
  }
}
