/** Which rules need which, told by the patterns of their files. */
import type { Rules } from "braid-engine";

/** From the rule that makes a file to the rule that needs it. */
export type RuleEdge = readonly [from: string, to: string];

/** `sample` has a value of each wildcard, with which input functions are asked. */
export function ruleEdges(rules: Rules, sample: Readonly<Record<string, string>> = {}): RuleEdge[] {
  const makers = new Map(
    Object.entries(rules).flatMap(([name, rule]) =>
      patternsIn(rule.output).map((pattern) => [pattern, name] as const),
    ),
  );
  return Object.entries(rules).flatMap(([name, rule]) => {
    const input = typeof rule.input === "function" ? rule.input(sample) : rule.input;
    const from = patternsIn(input).flatMap((pattern) => makers.get(pattern) ?? []);
    return [...new Set(from)].filter((maker) => maker !== name).map((maker): RuleEdge => [maker, name]);
  });
}

/** The text of every pattern in a rule's input or output, whatever its shape. */
function patternsIn(files: unknown): string[] {
  if (typeof files === "string") return [files];
  if (typeof files !== "object" || files === null) return [];
  if ("patterns" in files) return (files.patterns as { source: string }[]).map((pattern) => pattern.source);
  if ("pattern" in files) return [String(files.pattern)];
  return Object.values(files).flatMap(patternsIn);
}
