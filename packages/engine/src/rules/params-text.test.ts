import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { paramsText } from "./params-text.ts";
import { untracked } from "./rule.ts";

const of = (value: unknown) => paramsText("it", { value }).text;
const former = (value: unknown) => paramsText("it", { value }).former;

test("the order of records, sets and maps does not count", () => {
  expect(of({ a: 1, b: { c: [1, 2], d: null } })).toBe(of({ b: { d: null, c: [1, 2] }, a: 1 }));
  expect(of(new Set([1, "a", { b: 1, c: 2 }]))).toBe(of(new Set([{ c: 2, b: 1 }, "a", 1])));
  expect(of(new Map([["a", 1], ["b", 2]]))).toBe(of(new Map([["b", 2], ["a", 1]]))); // biome-ignore format: pairs
});

test("different values have different texts, whatever their kind", () => {
  const values = [
    ...[null, undefined, true, "true", "null", "undefined", 0, -0, 1, "1", 1n, 2n, Number.NaN, Infinity],
    ...["a b", "a  b", "a\nb", "", [], {}, [1], [[1]], [1, 2], ["1,2"], { 0: 1 }, { a: [] }, { "a:1": 2 }],
    ...[new Set(), new Set([1]), new Set([[1]]), new Map(), new Map([[1, 1]]), [[1, 1]], { 1: 1 }],
    ...[new Map([["1", 1]]), new Set([[1, 1]]), new Map([[{ a: 1 }, 2]]), new Map([['{"a":1}', 2]])],
    ...[
      new Date(0),
      new Date(1),
      new Date(Number.NaN),
      "Date(1970-01-01T00:00:00.000Z)",
      new Date(0).toISOString(),
    ],
    ...[/1/, /1/g, "/1/", new URL("http://a/"), "http://a/", "URL(http://a/)"],
    ...[
      new Uint8Array([1]),
      new Int8Array([1]),
      new Float64Array([1]),
      Buffer.from([1]),
      new BigInt64Array([1n]),
    ],
    // The texts of these would run into each other, were it not for quotes.
    ...[[new URL("http://a/),URL(http://b/")], [new URL("http://a/"), new URL("http://b/")]],
    ...[[/a/, /b/], [/a\/\),RegExp\(\/b/]],
  ];
  const texts = values.map(of);
  expect(values.filter((_, i) => texts.indexOf(texts[i]!) < i)).toEqual([]);
});

test("two values have the same text if they are equal, and only then", () => {
  const value = fc.anything({
    values: [fc.constantFrom(0, -0, 1, "0", "1", 1n, null, true, ",", "]")],
    key: fc.constantFrom("a", "b"),
    ...{ withDate: true, withSet: true, withMap: true, withTypedArray: true, maxDepth: 2, maxKeys: 2 },
  });
  let equal = 0;
  fc.assert(
    fc.property(value, value, (a, b) => {
      const same = isDeepStrictEqual(a, b);
      if (same) equal++;
      expect(of(a) === of(b)).toBe(same);
      expect(of(structuredClone(a))).toBe(of(a));
    }),
    { numRuns: 2_000 },
  );
  expect(equal).toBeGreaterThan(0);
});

test("what cannot be compared is refused, with its place and what to write", () => {
  class Settings {
    epochs = 1;
  }
  class Tags extends Set<string> {}
  const round: Record<string, unknown> = {};
  round.self = [round];
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const refused: [unknown, string][] = [
    [() => 1, "a function"],
    [Symbol("x"), "a symbol"],
    [Promise.resolve(1), "a promise"],
    [new URLSearchParams("a=1"), "an instance of URLSearchParams"],
    [new ArrayBuffer(2), "an instance of ArrayBuffer"],
    [new DataView(new ArrayBuffer(2)), "an instance of DataView"],
    [new Settings(), "an instance of Settings"],
    [new Tags(["a"]), "an instance of Tags"],
    [new (class {})(), "an instance of a class"],
    [new Error("x"), "an instance of Error"],
    [new WeakMap(), "an instance of WeakMap"],
    [new Number(1), "an instance of Number"],
    [[1].values(), "an instance of Iterator"],
    [/b/.exec("abc"), "a list with holes or with named values"],
    [new Array(3), "a list with holes or with named values"],
    [Object.assign(new Array(1), { x: 1 }), "a list with holes or with named values"],
    [Object.defineProperty([1], "x", { value: 1 }), "a list with holes or with named values"],
    [Object.assign(new Date(0), { x: 1 }), "a Date with named values"],
    [Object.assign(/a/, { x: 1 }), "a RegExp with named values"],
    [Object.assign(new URL("http://a/"), { [Symbol("x")]: 1 }), "a URL with named values"],
    [Object.assign(new Set([1]), { x: 1 }), "a Set with named values"],
    [Object.assign(new Map([[1, 2]]), { x: 1 }), "a Map with named values"],
    [Object.assign(new Uint8Array(2), { x: 1 }), "a Uint8Array with named values"],
    [Math, "a record with hidden values"],
    [Object.defineProperty({ a: 1 }, "b", { value: 1 }), "a record with hidden values"],
    [{ [Symbol("x")]: 1 }, "a record with a symbol as key"],
    [round, "a value that contains itself"],
    [new Map([[1, new Map([[2, round]])]]), "a value that contains itself"],
    [deep, "a value more than 500 levels deep"],
  ];
  for (const [value, what] of refused)
    expect(() => of(value)).toThrow(
      `Cannot record the params of "it": ${what} cannot be compared between runs`,
    );
  expect(() => paramsText("it", { deep: [{ s: Symbol("x") }] })).toThrow(
    /\n {2}param {2}deep\[0\]\.s\n {2}Params are plain data: .* or mark the value untracked\(\)/,
  );
  expect(paramsText("it", { a: untracked(new Settings()) }).text).toBe("{}");
});

test("untracked() inside a param is refused, with its place: its body would get the mark and not the value", () => {
  for (const part of [
    { n: untracked(1) },
    [untracked(1)],
    new Set([untracked(1)]),
    new Map([[1, untracked(1)]]),
  ])
    expect(() => of(part)).toThrow(
      'Cannot record the params of "it": untracked() marks a whole param, not a part of one',
    );
  expect(() => paramsText("it", { a: { n: [untracked(1)] } })).toThrow(
    /param {2}a\.n\[0\]\n {2}Make it a param/,
  );
});

test("a value may be there twice, as long as it is not inside itself", () => {
  const one = { a: [1] };
  expect(of([one, one])).toBe('{"value":[{"a":[1]},{"a":[1]}]}');
});

test("records without a prototype, those of another realm and modules are records", async () => {
  expect(of(Object.assign(Object.create(null), { a: 1 }))).toBe(of({ a: 1 }));
  expect(of(await import(`${"data:"}text/javascript,export const a = 1`))).toBe(of({ a: 1 }));
});

test("where the text was another one in earlier versions, it is known", () => {
  expect(former({ a: [1, "b"], c: new Date(0), d: new Set([1]), e: new Map([["a", 1]]) })).toBeUndefined();
  expect(former(new Set(["b", "a"]))).toBe('{"value":Set["b","a"]}');
  expect(former(new Map([["b", 1], ["a", 2]]))).toBe('{"value":Map[["b",1],["a",2]]}'); // biome-ignore format: pairs
  expect(former([new Float64Array([1, -0]), /a/g, new URL("http://a/"), 5n])).toBe(
    '{"value":[[1,-0],RegExp(/a/g),URL(http://a/),5]}',
  );
});
