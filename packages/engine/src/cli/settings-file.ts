/** The part of profiles that is about one executor: `slurm:` or `command:`, checked against its schema. */
import * as z from "zod";
import { closest } from "../closest.ts";
import { configError } from "../config/issue.ts";
import { readLayers } from "../config/layers.ts";
import { cannot } from "../errors.ts";

/** Keys of a profile that are no options but the settings of an executor. */
export const executorSections = ["slurm", "command"] as const;
export type ExecutorSection = (typeof executorSections)[number];

/**
 * Reads a section of the profiles at `paths`, each key as the last of them that has it says, in the maps inside it
 * too; without a profile, or without the section, it is empty.
 */
export function readSettings<S extends z.ZodType>(
  paths: readonly string[],
  section: ExecutorSection,
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

/** Warns of settings for rules that the workflow does not have: they would count for nothing, silently. */
export function warnOfUnknownRules(
  settings: Readonly<Record<string, unknown>> = {},
  { rules, warn }: { readonly rules: readonly string[]; readonly warn: (text: string) => void },
): void {
  for (const name of Object.keys(settings).filter((name) => !rules.includes(name))) {
    const near = closest(name, rules);
    const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
    warn(`The profile has settings for the rule "${name}", which the workflow does not have.${hint}`);
  }
}
