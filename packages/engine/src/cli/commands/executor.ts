/** Makes the executor that `--executor` names, from its section of the profiles (`slurm:`, `command:`). */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { ClusterExecutor, ExecutorFactory, WorkflowSource } from "../../calls/executor.ts";
import { readLayers } from "../../config/files.ts";
import { configError } from "../../config/issue.ts";
import { cannot } from "../../errors.ts";
import { importOptional } from "../../packages.ts";
import type { RunOptions } from "../../run/options.ts";
import type { Options } from "../options.ts";

/** The options that `run` needs for this executor; none for jobs on this machine. */
export async function executorOption(
  { executor, profiles, taskLimit }: Options,
  source: WorkflowSource,
): Promise<Pick<RunOptions, "executor">> {
  if (executor === "local") return {};
  const cluster = await importOptional<Record<ClusterExecutor, ExecutorFactory>>(
    "braid-cluster",
    dirname(fileURLToPath(source.url)),
    `--executor ${executor}`,
  );
  const { settings, make } = cluster[executor];
  return { executor: make(readSettings(profiles, executor, settings), source, taskLimit) };
}

/**
 * Merges a section of the profiles at `paths`: later profiles override earlier ones key by key, also in nested maps. Empty
 * if no profile has the section.
 */
export function readSettings<S extends z.ZodType>(
  paths: readonly string[],
  section: ClusterExecutor,
  settings: S,
): z.output<S> {
  const layers = readLayers(paths, "");
  const schema = z.object({ [section]: settings });
  const written = { [section]: layers.value[section] ?? {} };
  const checked = schema.safeParse(written);
  if (checked.success) return checked.data[section] as z.output<S>;
  if (paths.length === 0)
    throw cannot("use the executor", section, "it needs a profile", {
      hint: `Pass one with --profile: a YAML file with a key \`${section}\`.`,
    });
  throw configError(checked.error.issues, {
    schema,
    files: paths,
    written,
    locate: layers.locate,
    option: () => undefined,
  });
}
