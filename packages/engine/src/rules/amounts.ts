/** What jobs book, said outside the workflow: for rules that say nothing, and over what they say. */
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { type AnyRule, type Rules, variantOf } from "./rule.ts";
import { demandOf, type Resources } from "./units.ts";

export interface Amounts {
  /** For rules that do not say it themselves. */
  readonly defaults: Resources;
  /** By rule; these come before what it says. */
  readonly ofRules: ReadonlyMap<string, Resources>;
}

/** The rules with these amounts; what makes jobs out of date is none of them. */
export function withAmounts(rules: Rules, { defaults, ofRules }: Amounts): Rules {
  for (const name of ofRules.keys())
    if (rules[name] === undefined) throw unknownRule(name, Object.keys(rules));
  if (ofRules.size === 0 && Object.keys(defaults).length === 0) return rules;
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]): [string, AnyRule] => {
      const { resources } = rule;
      const all = (own: Resources): Resources => ({ ...defaults, ...own, ...ofRules.get(name) });
      const own = demandOf(name, resources);
      const said = typeof own === "function" ? (job: object) => all(own(job)) : all(own);
      return [name, variantOf(rule, { resources: said })];
    }),
  );
}

function unknownRule(name: string, names: readonly string[]): Error {
  const near = closest(name, names);
  return cannot("set what jobs book", name, "there is no such rule", {
    facts: [["rules", names.slice(0, 20).join(", ")]],
    ...(near === undefined ? {} : { hint: `Did you mean "${near}"?` }),
  });
}
