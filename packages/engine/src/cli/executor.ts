/** From `--executor` and the profile to what runs jobs elsewhere. */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClusterExecutor, ExecutorFactory, WorkflowSource } from "../calls/make-executor.ts";
import { importOptional } from "../optional-package.ts";
import type { RunOptions } from "../run/options.ts";
import type { Options } from "./options.ts";
import { readSettings } from "./settings-file.ts";

/** What `run` is to be told; nothing for jobs on this machine. */
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
