/** Which outputs may lie in others, compared with looking at each pair. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { directory } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { type NamedRule, ruleset } from "../rules/ruleset.ts";
import { Nesting } from "./nesting.ts";

const names = fc.constantFrom("a", "b", "ab", "{x}", "a{x}", "{x}b", "{x}_{x}");
const paths = fc
  .array(names, { minLength: 1, maxLength: 4 })
  .map((all) => (all.some((name) => name.includes("{")) ? all : [...all, "{x}"]).join("/"));

/** Whether names can be equal, judged by the text before a wildcard. */
function mayBeEqual(one: string, other: string): boolean {
  const [a, b] = [one.split("{")[0]!, other.split("{")[0]!];
  if (!one.includes("{")) return other.includes("{") ? one.startsWith(b) : one === other;
  return other.includes("{") ? a.startsWith(b) || b.startsWith(a) : other.startsWith(a);
}

type Output = NamedRule["outputs"][number];

function mayHold(above: Output, below: Output): boolean {
  if (!above.plain || !below.plain) return true;
  const [a, b] = [above.pattern.source.split("/"), below.pattern.source.split("/")] as const;
  return a.length < b.length && a.every((name, i) => mayBeEqual(name, b[i]!));
}

const parse = (outputs: readonly (readonly string[])[]) =>
  ruleset(
    Object.fromEntries(
      outputs.map((own, i) => [
        `r${i}`,
        rule({ output: own.map((path) => directory(path)) as unknown as ["{x}"], run() {} }),
      ]),
    ) as Rules,
  );

test("for random outputs, the rules inside each are those that have one below it", () => {
  const some = fc.array(fc.uniqueArray(paths, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(some, (outputs) => {
      const rules = parse(outputs);
      const nesting = new Nesting(rules);
      const all = rules.flatMap((one) => one.outputs);
      for (const one of rules) {
        for (const output of one.outputs) {
          const inside = rules.filter((other) => other.outputs.some((below) => mayHold(output, below)));
          expect(
            nesting
              .rulesInside(output)
              .map(({ name }) => name)
              .sort(),
          ).toEqual(inside.map(({ name }) => name).sort());
        }
        const isDeeper = all.some((above) => one.outputs.some((below) => mayHold(above, below)));
        expect(nesting.deeper.has(one)).toBe(isDeeper);
      }
    }),
    { numRuns: 300 },
  );
});

test("an output whose wildcard has a constraint of its own may lie in any, and hold any", () => {
  const rules = parse([["{x,.+}"], ["a/b/{x}"], ["c{x}"]]);
  const nesting = new Nesting(rules);
  expect(nesting.deeper.size).toBe(3);
  expect(nesting.rulesInside(rules[0]!.outputs[0]!)).toEqual(rules);
  expect(nesting.rulesInside(rules[2]!.outputs[0]!)).toEqual([rules[0]]);
});
