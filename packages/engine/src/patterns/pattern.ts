/**
 * Path patterns: paths with named wildcards in curly braces.
 *
 * `"site_{site_id}/prepped.npz"` matches `"site_01022500/prepped.npz"` and binds `site_id` to
 * `"01022500"`. A wildcard stands for one or more characters without a slash unless a constraint says
 * otherwise: `{seed,[0-9]+}`. Used twice, it must match equal text. `{{` and `}}` are plain braces.
 * The compiler reads the same braces as the run time does: a pattern's wildcards are part of its type.
 */
import { cannot } from "../errors.ts";

type NameOf<Braced extends string> = Braced extends `${infer Name},${string}` ? Name : Braced;

/** The wildcards of a pattern: `"a_{x}/b_{y,[0-9]+}"` gives `"x" | "y"`. */
export type WildcardName<P extends string> = P extends `${string}{${infer Braced}}${infer Rest}`
  ? Braced extends `{${string}`
    ? WildcardName<Rest>
    : NameOf<Braced> | WildcardName<Rest>
  : never;

/** The text bound to each wildcard, exactly as it stands in the path. */
export type Wildcards<Name extends string = string> = { readonly [K in Name]: string };

/** Regular expressions by wildcard name, as text; each must match the whole value, and sees nothing else of the path. */
export type Constraints = Readonly<Record<string, string>>;

/** A parsed pattern: `texts[0] {names[0]} texts[1] {names[1]} ... texts[n]`. */
export interface Pattern {
  readonly source: string;
  readonly texts: readonly string[];
  readonly names: readonly string[];
  /** The constraint written inline beside each wildcard, if any. */
  readonly inline: readonly (string | undefined)[];
}

const defaultConstraint = "[^/]+";
const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** Parses a pattern; a brace that is never closed or a wildcard without a name is an error. */
export function parsePattern(source: string): Pattern {
  const texts: string[] = [];
  const names: string[] = [];
  const inline: (string | undefined)[] = [];
  let text = "";
  let from = 0;
  for (const found of source.matchAll(token)) {
    text += source.slice(from, found.index);
    from = found.index + found[0].length;
    if (found[0] === "{{" || found[0] === "}}") {
      text += found[0][0];
      continue;
    }
    const braced = found[1];
    if (braced === undefined)
      throw cannot(
        "read the pattern",
        source,
        `the brace at character ${found.index + 1} has no matching brace`,
        {
          hint: "Write {{ and }} for plain braces; a constraint with braces goes into `constraints`.",
        },
      );
    const comma = braced.indexOf(",");
    const name = comma < 0 ? braced : braced.slice(0, comma);
    if (!/^[A-Za-z_]\w*$/.test(name))
      throw cannot("read the pattern", source, `{${braced}} is not a wildcard name (letters, digits, _)`);
    texts.push(text);
    names.push(name);
    inline.push(comma < 0 ? undefined : braced.slice(comma + 1).trim());
    text = "";
  }
  texts.push(text + source.slice(from));
  return { source, texts, names, inline };
}

/** Escapes braces, so that a text from a file or an option can stand inside a pattern. */
export function literal(text: string): string {
  return text.replace(/[{}]/g, "$&$&");
}

/** The names of a pattern's wildcards, each once, in order of appearance. */
export function wildcardNames(pattern: Pattern): string[] {
  return [...new Set(pattern.names)];
}

/** The path made by giving each wildcard its value. */
export function fill(pattern: Pattern, wildcards: Readonly<Record<string, string>>): string {
  const { texts, names } = pattern;
  let path = texts[0]!;
  for (let i = 0; i < names.length; i++) {
    const value = wildcards[names[i]!];
    if (value === undefined)
      throw cannot("fill the pattern", pattern.source, `no value is given for the wildcard {${names[i]}}`);
    path += value + texts[i + 1]!;
  }
  return path;
}

/** `fill` for the many jobs of one rule: takes the values in the order of `names`, which has all the wildcards. */
export function filler(pattern: Pattern, names: readonly string[]): (values: readonly string[]) => string {
  const { texts } = pattern;
  const order = pattern.names.map((name) => names.indexOf(name));
  return (values) => {
    let path = texts[0]!;
    for (let i = 0; i < order.length; i++) path += values[order[i]!]! + texts[i + 1]!;
    return path;
  };
}

/** The values of the wildcards in a path; null if the path does not match the pattern. */
export function wildcardReader(source: string): (path: string) => Wildcards | null {
  const pattern = parsePattern(source);
  const names = wildcardNames(pattern);
  const match = matcher(pattern);
  return (path) => {
    const values = match(path);
    return values && Object.fromEntries(values.map((value, i) => [names[i]!, value]));
  };
}

/** Binds the wildcards of a path, in the order of `wildcardNames`; null if the path does not match. */
export type Matcher = (path: string) => string[] | null;

/**
 * Compiles a pattern. Inline constraints win over `constraints`, and these over `[^/]+`. Where a path can be
 * split in several ways, the values in `wished` are taken if they fit.
 */
export function matcher(pattern: Pattern, constraints: Constraints = {}, preferred: Wildcards = {}): Matcher {
  const { texts, names, source } = pattern;
  if (names.length === 0) {
    const only = texts[0]!;
    return (path) => (path === only ? [] : null);
  }
  if (isPlain(pattern, constraints)) return plainMatcher(texts);
  const own = wildcardNames(pattern);
  const rules = own.map((name): ValueRule => {
    const inline = pattern.inline.find((text, at) => text !== undefined && names[at] === name);
    const constraint = inline ?? constraints[name] ?? defaultConstraint;
    const whole = wholeValue(constraint, source);
    const wish = preferred[name];
    return { constraint, whole, wish: wish !== undefined && whole.test(wish) ? wish : undefined };
  });
  const match = rules.some(({ constraint }) => needsValueMatcher(constraint))
    ? valueMatcher(pattern, own, rules)
    : pathMatcher(pattern, own, rules);
  const prefix = texts[0]!;
  const suffix = texts[texts.length - 1]!;
  // Most paths belong to another rule: two cheap comparisons spare the regular expression.
  return (path) => (path.endsWith(suffix) && path.startsWith(prefix) ? match(path) : null);
}

/** What a wildcard may stand for. */
interface ValueRule {
  readonly constraint: string;
  /** The constraint as the whole of a value has to match it. */
  readonly whole: RegExp;
  /** The only value to take. */
  readonly wish: string | undefined;
}

/** One regular expression for the path: right where each constraint depends on its own characters alone. */
function pathMatcher(
  { texts, names }: Pattern,
  own: readonly string[],
  rules: readonly ValueRule[],
): Matcher {
  const text = names.map((name, i) => {
    const { constraint, wish } = rules[own.indexOf(name)]!;
    const value = wish === undefined ? constraint : escapeRegex(wish);
    return (names.indexOf(name) < i ? `\\k<${name}>` : `(?<${name}>${value})`) + escapeRegex(texts[i + 1]!);
  });
  const regex = new RegExp(`^${escapeRegex(texts[0]!)}${text.join("")}$`, "s");
  return (path) => {
    const groups = regex.exec(path)?.groups;
    return groups === undefined ? null : own.map((name) => groups[name]!);
  };
}

/**
 * Splits the path first, then asks each constraint about its value alone: for constraints with `^`, `$`, `\\b`,
 * look-arounds and back-references. The longest value is tried first.
 */
function valueMatcher(
  { texts, names }: Pattern,
  own: readonly string[],
  rules: readonly ValueRule[],
): Matcher {
  const fits = ({ whole, wish }: ValueRule, value: string) =>
    wish === undefined ? whole.test(value) : value === wish;
  const places = names.map((name) => own.indexOf(name));
  const last = names.length - 1;
  const repeats = own.length < names.length;
  return (path) => {
    const values: (string | undefined)[] = own.map(() => undefined);
    // Splits that lead nowhere, so that no path takes longer than the square of its length.
    const dead = new Set<number>();
    /** Fills the wildcards from the i-th on, which begins at `from`. */
    const split = (i: number, from: number): boolean => {
      if (i > last) return from === path.length;
      const place = places[i]!;
      const next = texts[i + 1]!;
      const bound = values[place];
      if (bound !== undefined)
        return path.startsWith(bound + next, from) && split(i + 1, from + bound.length + next.length);
      const state = i * (path.length + 1) + from;
      if (dead.has(state)) return false;
      const end = path.length - next.length;
      for (
        let at = i === last ? end : path.lastIndexOf(next, end);
        at >= from;
        at = path.lastIndexOf(next, at - 1)
      ) {
        if (path.startsWith(next, at) && fits(rules[place]!, path.slice(from, at))) {
          values[place] = path.slice(from, at);
          if (split(i + 1, at + next.length)) return true;
          values[place] = undefined;
        }
        if (i === last || at === 0) break;
      }
      // What a wildcard that stands twice is bound to decides as well.
      if (!repeats) dead.add(state);
      return false;
    };
    return split(0, texts[0]!.length) ? (values as string[]) : null;
  };
}

/** True if a constraint asks for more than its own characters, or has groups that others would be mixed up with. */
function needsValueMatcher(constraint: string): boolean {
  const rest = constraint.replace(/\\[^bBk1-9]|\[(?:\\.|[^\]\\])*\]/gs, "");
  return /[\^$\\]|\(\?(?!:)/.test(rest);
}

/** True if at most one unconstrained wildcard stands between two slashes: a path matches in one way or none. */
export function isPlain({ texts, names, inline }: Pattern, constraints: Constraints): boolean {
  return (
    new Set(names).size === names.length &&
    names.every((name, i) => inline[i] === undefined && constraints[name] === undefined) &&
    texts.slice(1, -1).every((text) => text.includes("/"))
  );
}

/** Matches without a regular expression, several times as fast: planning does it once per path. */
function plainMatcher(texts: readonly string[]): Matcher {
  const count = texts.length - 1;
  const last = texts[count]!;
  // A wildcard ends where the rest of its own path segment begins.
  const tails = texts.map((text) => (text.includes("/") ? text.slice(0, text.indexOf("/")) : text));
  return (path) => {
    if (!path.endsWith(last) || !path.startsWith(texts[0]!)) return null;
    const values = new Array<string>(count);
    let at = texts[0]!.length;
    for (let i = 0; i < count; i++) {
      const next = texts[i + 1]!;
      const slash = path.indexOf("/", at);
      const end = (slash < 0 ? path.length : slash) - tails[i + 1]!.length;
      if (end <= at || !path.startsWith(next, end)) return null;
      values[i] = path.slice(at, end);
      at = end + next.length;
    }
    return at === path.length ? values : null;
  };
}

function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Made once: where a path can be split in several ways, matchers are compiled for the values of each job. */
function wholeValue(constraint: string, source: string): RegExp {
  let regex = wholeValues.get(constraint);
  if (regex === undefined) {
    try {
      new RegExp(constraint, "s");
      // Where there is a named group, a reference to a name that is none is an error, and not plain text.
      new RegExp(`(?:${constraint})(?<$>)`, "s");
      regex = new RegExp(`^(?:${constraint})$`, "s");
    } catch (error) {
      throw cannot("read the pattern", source, "a constraint is not a regular expression", {
        facts: [["reason", (error as Error).message]],
      });
    }
    wholeValues.set(constraint, regex);
  }
  return regex;
}

const wholeValues = new Map<string, RegExp>();

/** The folders that a relative path lies in, from the innermost on. */
export function* foldersAbove(path: string): Generator<string> {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
    yield path.slice(0, end);
}

/**
 * The shortest spelling of a path: `a/b` for `./a//b`, `a/./b`, `a/b/.` and `a/b/`. Keeps `..`, because after a link it
 * leads elsewhere.
 */
export function plainPath(path: string): string {
  // Called for every path, and nearly all are plain already.
  if (!path.includes("./") && !path.includes("//") && !/[/.]$/.test(path)) return path;
  const plain = path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  if (path.startsWith("/")) return `/${plain}`;
  return plain === "" && path !== "" ? "." : plain;
}
