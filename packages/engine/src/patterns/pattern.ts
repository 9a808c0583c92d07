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

/** Regular expressions by wildcard name, as text without anchors. */
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
      throw cannot("read the pattern", source, `the brace at character ${found.index + 1} has no partner`, {
        hint: "Write {{ and }} for plain braces; a constraint with braces goes into `constraints`.",
      });
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

/** Binds the wildcards of a path, in the order of `wildcardNames`; null where the path does not match. */
export type Matcher = (path: string) => string[] | null;

/**
 * Compiles a pattern. Inline constraints win over `constraints`, and these over `[^/]+`. Where a path can be
 * split in several ways, the values in `wished` are taken if they fit.
 */
export function matcher(pattern: Pattern, constraints: Constraints = {}, wished: Wildcards = {}): Matcher {
  const { texts, names, source } = pattern;
  if (names.length === 0) {
    const only = texts[0]!;
    return (path) => (path === only ? [] : null);
  }
  if (isPlain(pattern, constraints)) return plainMatcher(texts);
  const groups: string[] = [];
  let text = `^${escapeRegex(texts[0]!)}`;
  names.forEach((name, i) => {
    if (groups.includes(name)) text += `\\k<${name}>`;
    else {
      groups.push(name);
      const inline = pattern.inline.find((text, at) => text !== undefined && names[at] === name);
      const constraint = inline ?? constraints[name] ?? defaultConstraint;
      const wish = wished[name];
      const fits = wish !== undefined && compile(`^(?:${constraint})$`, source).test(wish);
      text += `(?<${name}>${fits ? escapeRegex(wish) : constraint})`;
    }
    text += escapeRegex(texts[i + 1]!);
  });
  const regex = compile(`${text}$`, source);
  const prefix = texts[0]!;
  const suffix = texts[texts.length - 1]!;
  return (path) => {
    // Most paths belong to another rule: two cheap comparisons spare the regular expression.
    if (!path.endsWith(suffix) || !path.startsWith(prefix)) return null;
    const groupsFound = regex.exec(path)?.groups;
    return groupsFound === undefined ? null : groups.map((name) => groupsFound[name]!);
  };
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

function compile(text: string, source: string): RegExp {
  try {
    return new RegExp(text, "s");
  } catch (error) {
    throw cannot("read the pattern", source, "a constraint is not a regular expression", {
      facts: [["reason", (error as Error).message]],
    });
  }
}
