/**
 * Which outputs of a workflow may lie in others, by their patterns. The cost grows with the number of outputs, and not
 * with its square: a rule may have thousands.
 */
import type { NamedRule } from "../rules/ruleset.ts";

type Output = NamedRule["outputs"][number];

/** A name in paths, such as `out` in `out/{x}.txt`, with the outputs whose paths end there. */
interface PathNode {
  /** By the whole name. */
  readonly literals: Map<string, PathNode>;
  readonly withWildcards: Map<string, PathNode>;
  readonly ends: Output[];
}

const newNode = (): PathNode => ({ literals: new Map(), withWildcards: new Map(), ends: [] });

export class Nesting {
  /** Rules with outputs that may lie in an output. */
  readonly deeper = new Set<NamedRule>();
  readonly #inside = new Map<Output, Set<NamedRule>>();
  readonly #root = newNode();
  readonly #rules: readonly NamedRule[];
  /** Rules with an output whose pattern says nothing of its place, since a wildcard may match `/`. */
  readonly #anywhere: readonly NamedRule[];

  constructor(rules: readonly NamedRule[]) {
    this.#rules = rules.filter(({ outputs }) => outputs.length > 0);
    this.#anywhere = this.#rules.filter(({ outputs }) => outputs.some(({ plain }) => !plain));
    for (const { outputs } of this.#rules) for (const output of outputs) if (output.plain) this.#add(output);
    for (const rule of this.#rules) {
      if (this.#anywhere.length > 0) this.deeper.add(rule);
      for (const output of rule.outputs)
        if (output.plain) for (const above of this.#above(output)) this.#setInside(above, rule);
    }
  }

  /** The rules that may have outputs in an output. */
  rulesInside(output: Output): readonly NamedRule[] {
    if (!output.plain) return this.#rules;
    return [...new Set([...(this.#inside.get(output) ?? []), ...this.#anywhere])];
  }

  #setInside(above: Output, rule: NamedRule): void {
    const inside = this.#inside.get(above) ?? new Set();
    this.#inside.set(above, inside.add(rule));
    this.deeper.add(rule);
  }

  #add(output: Output): void {
    let node = this.#root;
    for (const name of output.pattern.source.split("/")) {
      const children = name.includes("{") ? node.withWildcards : node.literals;
      const child = children.get(name) ?? newNode();
      children.set(name, child);
      node = child;
    }
    node.ends.push(output);
  }

  /** The outputs in which an output may lie. */
  #above({ pattern }: Output): Output[] {
    const found: Output[] = [];
    let nodes = [this.#root];
    for (const name of pattern.source.split("/").slice(0, -1)) {
      nodes = nodes.flatMap((node) => namesLike(node, name));
      for (const { ends } of nodes) for (const output of ends) found.push(output);
    }
    return found;
  }
}

/** The names under a node that may be the same as another when filled, judged by the text before the first wildcard. */
function namesLike({ literals, withWildcards }: PathNode, name: string): PathNode[] {
  const isOpen = name.includes("{");
  const start = name.split("{")[0]!;
  const found: PathNode[] = [];
  const same = literals.get(name);
  if (same !== undefined) found.push(same);
  if (isOpen) for (const [other, node] of literals) if (other.startsWith(start)) found.push(node);
  for (const [other, node] of withWildcards) {
    const before = other.split("{")[0]!;
    if (start.startsWith(before) || (isOpen && before.startsWith(start))) found.push(node);
  }
  return found;
}

const known = new WeakMap<readonly NamedRule[], Nesting>();

/** Found once for the rules of a workflow. */
export function nestingOf(rules: readonly NamedRule[]): Nesting {
  const found = known.get(rules) ?? new Nesting(rules);
  known.set(rules, found);
  return found;
}
