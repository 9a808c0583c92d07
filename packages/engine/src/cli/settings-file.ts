/** The part of profiles that is about one executor: `slurm:` or `command:`, checked against its schema. */
import * as z from "zod";
import type { ClusterExecutor } from "../calls/make-executor.ts";
import { configError } from "../config/issue.ts";
import { readLayers } from "../config/layers.ts";
import { cannot } from "../errors.ts";

/**
 * Reads a section of the profiles at `paths`, each key as the last of them that has it says, in the maps inside it
 * too; without a profile, or without the section, it is empty.
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
      hint: `Give one with --profile: a YAML file with a key \`${section}\`.`,
    });
  throw configError(checked.error.issues, {
    schema,
    files: paths,
    written,
    locate: layers.locate,
    option: () => undefined,
  });
}
