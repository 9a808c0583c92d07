/** The part of profiles that is about one executor: `slurm:` or `command:`, checked against its schema. */
import * as z from "zod";
import { closest } from "../closest.ts";
import { readConfigFile } from "../config/file.ts";
import { configError } from "../config/issue.ts";
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
  const files = paths.map((path) => ({ path, ...readConfigFile(path, path) })).reverse();
  const schema = z.object({ [section]: settings });
  const told = files.map((file) => file.value[section] ?? {});
  const written = { [section]: told.reduceRight<unknown>(merged, {}) };
  const checked = schema.safeParse(written);
  if (checked.success) return checked.data[section] as z.output<S>;
  if (files.length === 0)
    throw cannot("use the executor", section, "it needs a profile", {
      hint: `Give one with --profile: a YAML file with a key \`${section}\`.`,
    });
  const { issues } = checked.error;
  const [first] = issues;
  const key = first?.code === "unrecognized_keys" ? first.keys.slice(0, 1) : [];
  const wrong = files.find((file) => file.locate([...(first?.path ?? []), ...key]) !== null) ?? files[0]!;
  throw configError(issues, {
    schema,
    file: wrong.path,
    written,
    locate: wrong.locate,
    option: () => undefined,
  });
}

/** `over` laid over `under`: maps key by key, anything else as a whole. */
function merged(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over;
  const all = Object.entries(over).map(([key, value]) => [key, merged(under[key], value)] as const);
  return { ...under, ...Object.fromEntries(all) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
