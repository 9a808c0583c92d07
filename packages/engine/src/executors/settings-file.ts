/** The part of a profile that is about one executor: `slurm:` or `command:`, checked against its schema. */
import * as z from "zod";
import { readConfigFile } from "../config/file.ts";
import { configError } from "../config/issue.ts";
import { cannot } from "../errors.ts";

/** Keys of a profile that are no options but the settings of an executor. */
export const executorSections = ["slurm", "command"] as const;
export type ExecutorSection = (typeof executorSections)[number];

/** Reads a section of the profile at `path`; without a profile, or without the section, it is empty. */
export function readSettings<S extends z.ZodType>(
  path: string | undefined,
  section: ExecutorSection,
  settings: S,
): z.output<S> {
  const file = path === undefined ? null : readConfigFile(path, path);
  const schema = z.object({ [section]: settings });
  const written = { [section]: file?.value[section] ?? {} };
  const checked = schema.safeParse(written);
  if (checked.success) return checked.data[section] as z.output<S>;
  if (path === undefined)
    throw cannot("use the executor", section, "it needs a profile", {
      hint: `Give one with --profile: a YAML file with a key \`${section}\`.`,
    });
  throw configError(checked.error.issues, {
    schema,
    file: path,
    written,
    locate: (at) => file?.locate(at) ?? null,
    option: () => undefined,
  });
}
