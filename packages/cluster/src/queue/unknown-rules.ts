/** Settings of profiles for single rules. */
import { closest } from "braid-engine/executor";

/** Warns of settings for rules that the workflow does not have; they would be ignored silently. */
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
