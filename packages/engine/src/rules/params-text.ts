/**
 * Params as a text that is the same for equal values and different for different values, of any type: JSON with sorted
 * keys, and words such as `Set[1,2]` for types that JSON lacks. A value that cannot be written in full is refused,
 * because changes in the missing part would never make a job run again.
 */
import { cannot } from "../errors.ts";
import { isUntracked } from "./rule.ts";

/** A text to compare, and the text that earlier versions recorded for the same value, if it differs. */
export interface ComparedText {
  readonly text: string;
  readonly former?: string;
}

/** The text of a rule's tracked params. Throws a BraidError for a value that cannot be compared between runs. */
export function paramsText(rule: string, params: object): ComparedText {
  const tracked = Object.fromEntries(Object.entries(params).filter(([, value]) => !isUntracked(value)));
  const walk: Walk = { rule, around: [], place: [], renewed: false };
  const text = textOf(tracked, walk);
  return walk.renewed ? { text, former: formerText(tracked) } : { text };
}

interface Walk {
  readonly rule: string;
  /** The values that contain the current one. */
  readonly around: object[];
  /** The keys that lead to the current value. */
  readonly place: (string | number)[];
  /** True if earlier versions recorded another text for some part of the value. */
  renewed: boolean;
}

function textOf(value: unknown, walk: Walk): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      walk.renewed = true;
      return `${value}n`;
    case "function":
    case "symbol":
      throw refusal(`a ${typeof value}`, walk);
    case "object":
      return value === null ? "null" : inside(value, walk);
    default:
      return JSON.stringify(value);
  }
}

function inside(value: object, walk: Walk): string {
  if (walk.around.includes(value)) throw refusal("a value that contains itself", walk);
  if (walk.around.length === deepest) throw refusal(`a value more than ${deepest} levels deep`, walk);
  if (isUntracked(value))
    throw cannotSay("untracked() marks a whole param, not a part of one", wholeOnly, walk);
  walk.around.push(value);
  const text = objectText(value, walk);
  walk.around.pop();
  return text;
}

/** Far below the limit of the call stack. */
const deepest = 500;

/** Values of these types have no own properties, except `lastIndex` of a regular expression. */
const builtIns: ReadonlySet<object | null> = new Set(
  [Date, URL, RegExp, Set, Map].map(({ prototype }) => prototype),
);

/** Recognised by exact prototype: instances of other classes, even derived ones, may hold more than can be seen. */
function objectText(value: object, walk: Walk): string {
  const kind: object | null = Object.getPrototypeOf(value);
  if (builtIns.has(kind) && Reflect.ownKeys(value).length > (kind === RegExp.prototype ? 1 : 0))
    throw refusal(`a ${nameOf(kind!)} with named values`, walk);
  switch (kind) {
    case Array.prototype:
      return listText(value as unknown[], walk);
    case Date.prototype:
      return dateText(value as Date);
    case URL.prototype:
      walk.renewed = true;
      return `URL(${JSON.stringify(String(value))})`;
    case RegExp.prototype: {
      walk.renewed = true;
      const { lastIndex } = value as RegExp;
      return `RegExp(${JSON.stringify(String(value))}${lastIndex === 0 ? "" : `,${lastIndex}`})`;
    }
    case Set.prototype:
      return `Set[${sorted([...(value as Set<unknown>)], walk, textOf)}]`;
    case Map.prototype:
      return `Map[${sorted([...(value as Map<unknown, unknown>)], walk, pairText)}]`;
  }
  if (kind === null || Object.hasOwn(kind, "isPrototypeOf")) return recordText(value, walk);
  if (kind === Buffer.prototype || Object.getPrototypeOf(kind) === TypedArray) {
    walk.renewed = true;
    if (Reflect.ownKeys(value).length > (value as Uint8Array).length)
      throw refusal(`a ${nameOf(kind)} with named values`, walk);
    const items = [...(value as Iterable<unknown>)].map((item) => textOf(item, walk));
    return `${kind.constructor.name}[${items.join(",")}]`;
  }
  throw refusal(value instanceof Promise ? "a promise" : `an instance of ${nameOf(kind)}`, walk);
}

const TypedArray: object = Object.getPrototypeOf(Uint8Array.prototype);

function nameOf(kind: object): string {
  const name = kind.constructor?.name;
  return name === undefined || name === "" ? "a class" : name;
}

function listText(list: readonly unknown[], walk: Walk): string {
  const keys = Reflect.ownKeys(list);
  // The indexes come first, then `length`, then all other names.
  if (keys.length !== list.length + 1 || keys[list.length] !== "length")
    throw refusal("a list with holes or with named values", walk);
  return `[${list.map((item, i) => at(i, item, walk)).join(",")}]`;
}

function recordText(record: object, walk: Walk): string {
  if (
    Object.getOwnPropertySymbols(record).some((key) =>
      Object.prototype.propertyIsEnumerable.call(record, key),
    )
  )
    throw refusal("a record with a symbol as key", walk);
  if (Object.getOwnPropertyNames(record).length > Object.keys(record).length)
    throw refusal("a record with hidden values", walk);
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${at(key, value, walk)}`).join(",")}}`;
}

function at(key: string | number, value: unknown, walk: Walk): string {
  walk.place.push(key);
  const text = textOf(value, walk);
  walk.place.pop();
  return text;
}

function pairText([key, value]: readonly [unknown, unknown], walk: Walk): string {
  return `[${textOf(key, walk)},${textOf(value, walk)}]`;
}

/** The texts of members whose order does not count. */
function sorted<T>(members: readonly T[], walk: Walk, textOf: (member: T, walk: Walk) => string): string {
  const texts = members.map((member) => textOf(member, walk));
  const inOrder = texts.toSorted();
  if (inOrder.some((text, i) => text !== texts[i])) walk.renewed = true;
  return inOrder.join(",");
}

function dateText(date: Date): string {
  return `Date(${Number.isNaN(date.getTime()) ? "NaN" : date.toISOString()})`;
}

function refusal(what: string, walk: Walk): Error {
  return cannotSay(`${what} cannot be compared between runs`, plainData, walk);
}

const plainData =
  "Params are plain data: text, numbers, lists, records, dates, URLs, regular expressions, typed arrays, sets and " +
  "maps. Pass only what the job uses, e.g. as a string; or mark the value untracked() if it makes no difference.";
const wholeOnly = "Make it a param of its own: params: { site, threads: untracked(threads) }.";

function cannotSay(why: string, hint: string, { rule, place }: Walk): Error {
  const [first, ...deeper] = place;
  const steps = deeper.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`));
  return cannot("record the params of", rule, why, {
    facts: first === undefined ? [] : [["param", `${first}${steps.join("")}`]],
    hint,
  });
}

/** The text that earlier versions recorded for a value. */
function formerText(value: unknown): string {
  if (value === undefined) return "undefined";
  if (typeof value === "number" || typeof value === "bigint")
    return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const each = (values: Iterable<unknown>) => [...values].map(formerText).join(",");
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `[${each(value as unknown as unknown[])}]`;
  if (value instanceof Date) return dateText(value);
  if (value instanceof URL || value instanceof RegExp) return `${value.constructor.name}(${value})`;
  if (value instanceof Set) return `Set[${each(value)}]`;
  if (value instanceof Map) return `Map[${each(value)}]`;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, v]) => `${JSON.stringify(key)}:${formerText(v)}`).join(",")}}`;
}
