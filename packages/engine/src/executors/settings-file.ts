/** The part of a profile that is about one executor: `slurm:` or `command:`, checked against its schema. */
import * as z from "zod";
import { closest } from "../closest.ts";
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
