/** A workflow as the command line opens it: imported, its options known, its config checked, its rules made. */
import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { loadConfig, optionLeaves } from "../config/config.ts";
import { readLayers } from "../config/files.ts";
import type { ConfigLeaf } from "../config/leaves.ts";
import { BraidError, cannot, messageOf } from "../errors.ts";
import { errorLines } from "../report/lines.ts";
import type { Rules } from "../rules/rule.ts";
import { importWorkflow, similarOutputs, type Workflow } from "../rules/workflow.ts";
import type { CommandLine, Options } from "./options.ts";

export interface ProjectSource {
  /** The workflow file. */
  readonly workflow: URL;
  /** Its config, unless `--configfile` names others. */
  readonly defaultConfig?: URL;
  /** Options of the config that hold unless the command line gives them: what a script of its own name stands for. */
  readonly defaults?: Readonly<Record<string, string>>;
}

export interface Project {
  readonly workflow: Workflow;
  readonly url: string;
  readonly leaves: readonly ConfigLeaf[];
  readonly options: Options;
  /** The working folder, absolute. */
  readonly folder: string;
  /** A path of the working folder as it is seen from where the command was typed. */
  shown(path: string): string;
  /** Checks the config and makes the rules; from here on the process stands in the working folder. */
  open(): Promise<OpenProject>;
}

export interface OpenProject {
  /** As its file and the options say, checked. */
  readonly config: unknown;
  readonly resolved: unknown;
  readonly rules: Rules;
}

/** Imports the workflow and reads the command line with its options. */
export async function readProject(
  { workflow: file, defaultConfig, defaults = {} }: ProjectSource,
  commandLine: CommandLine,
): Promise<Project> {
  const currentFolder = process.cwd();
  const shown = (path: string) => relative(currentFolder, path);
  /** What the file throws is a mistake in it: shown without the engine's part of the stack. */
  async function ofFile<T>(part: string, read: () => T | Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof BraidError) throw error;
      const { loaderHint } = await import("../rules/loader-hint.ts");
      const hint = loaderHint(error);
      throw cannot("read the workflow", shown(fileURLToPath(file)), `${part} failed`, {
        facts: [["error", errorLines(messageOf(error), 12).join("\n")]],
        ...(hint === undefined ? {} : { hint }),
        cause: error,
      });
    }
  }
  const workflow = await ofFile("loading it", () => importWorkflow(file.href));
  const { early } = commandLine;
  const standard = defaultConfig === undefined ? [] : [fileURLToPath(defaultConfig)];
  const files = early.configFiles.length > 0 ? early.configFiles : standard;
  const schema = workflow.config ?? z.strictObject({});
  const layers = readLayers(files, currentFolder);
  const written = layers.value;
  const overDefaults = (given: Options["config"]) =>
    new Map([...Object.entries(defaults).map(([flag, value]) => [flag, [value]] as const), ...given]);
  const leaves = optionLeaves(
    schema,
    written,
    (outer) => overDefaults(commandLine.configOptions(outer)),
    workflow.scope,
  );
  const options = commandLine.options(leaves);
  const folder = resolve(currentFolder, early.directory ?? ".");
  return {
    workflow,
    url: file.href,
    leaves,
    options,
    folder,
    shown: (path) => shown(resolve(folder, path)),
    async open() {
      enterFolder(folder, options);
      const { config } = loadConfig({
        schema,
        files,
        layers,
        overrides: overDefaults(options.config),
        currentFolder,
        workingFolder: folder,
        ...(workflow.scope === undefined ? {} : { scope: workflow.scope }),
      });
      const resolved = await ofFile("its resolve()", () => workflow.resolve(config));
      const rules = await ofFile("its rules()", () => workflow.rules(resolved));
      if (options.command === "run")
        for (const text of similarOutputs(rules)) process.stderr.write(`Warning: ${text}\n`);
      return { config, resolved, rules };
    },
  };
}

/** Only what makes files makes the folder for them; a dry run needs it too, and takes it away again. */
function enterFolder(folder: string, { command, dryRun, action }: Options): void {
  if (!existsSync(folder)) {
    if (command !== "run" || action.kind !== "make")
      throw cannot("work in", folder, "the folder does not exist", { hint: "A run makes it." });
    const first = mkdirSync(folder, { recursive: true });
    if (dryRun) process.once("exit", () => removeEmpty(folder, first ?? folder));
  }
  process.chdir(folder);
}

/** Removes `folder` and those above it up to `first`, as long as they are empty. */
function removeEmpty(folder: string, first: string): void {
  process.chdir(dirname(first));
  try {
    for (let at = folder; at.length >= first.length; at = dirname(at)) rmdirSync(at);
  } catch {
    // Somebody has put something there.
  }
}
