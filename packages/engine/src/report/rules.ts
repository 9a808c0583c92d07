/** `--list-rules`: the rules of a workflow by name, with the outputs that each makes. */
import type { NamedRule } from "../rules/ruleset.ts";

/** A line per rule, in the workflow's order. */
export function rulesText(rules: readonly NamedRule[]): string {
  const width = Math.max(...rules.map(({ name }) => name.length));
  return rules
    .map(({ name, outputs }) => {
      const made = outputs.map(({ pattern, marks }) =>
        marks.directory ? `${pattern.source}/` : pattern.source,
      );
      return `${name.padEnd(width)}  ${made.length === 0 ? "(no output)" : made.join("  ")}`;
    })
    .join("\n");
}
