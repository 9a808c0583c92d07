import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAst } from "vitest/node";
import { normalised, pieceOf } from "./code.ts";

const compared = (source: string) => pieceOf(source, true).compared;

test("comments, blanks and line ends do not count in code; texts and patterns do", () => {
  const code = "const a = b /* no */ / c; // end\n  if (/a  b/.test(`x  y`)) f('a // b');";
  expect(normalised(code).startsWith("const a = b / c ;\nif ( ")).toBe(true);
  expect(normalised("f( 1,\n\n\n // note\n 2 )")).toBe("f ( 1 ,\n2 )");
  expect(normalised(code)).toContain("/a  b/");
  expect(normalised(code)).toContain("'a // b'");
  expect(compared("f( 1,\n\n\n // note\n 2 )")).toBe(compared("f(1, 2)"));
});

test.each([
  ['return "x"', 'return\n"x"'],
  ["return /* a\ncomment */ x", "return /* a comment */ x"],
  ["throw x", "throw\nx"],
  ["break a", "break\na"],
  ["yield a", "yield // next\na"],
  ["async function f() {}", "async\nfunction f() {}"],
  ["a\n++b", "a++\nb"],
  ["a[0]\n--b", "a[0]--\nb"],
  ["(a)\n++b", "(a)++\nb"],
  ["a = b\n!(c)", "a = b!(c)"],
  ["`a\nb`", "`a b`"],
])("a line end that decides what code means counts: %j is not %j", (one, other) => {
  expect(compared(one)).not.toBe(compared(other));
});

test.each([
  ["if (a) return;", "if (a)\n  return\n;"],
  ["() => { return }", "() => {\n  return\n}"],
  ["if (a) ++b;", "if (a)\n  ++b;"],
  ["for (;;) { ++b; }", "for (;;) {\n  ++b;\n}"],
  ["x = !a && !b;", "x =\n  !a &&\n  !b;"],
  ["switch (a) { case 1: break; }", "switch (a) {\n  case 1:\n    break;\n}"],
  ["a.return.b()", "a.return\n  .b()"],
  ["f(async, (x) => x)", "f(\n  async,\n  (x) => x,\n)".replace(",\n)", "\n)")],
  ["`a\nb`", "`a\r\nb`"],
])("a line end that is layout does not count: %j is %j", (one, other) => {
  expect(compared(one)).toBe(compared(other));
});

test("what earlier versions compared is known", () => {
  expect(pieceOf("f(1,\n  2)", true)).toMatchObject({ compared: "f ( 1 , 2 )", former: "f ( 1 , 2 )" });
  expect(pieceOf("return\n`a\nb`", true)).toEqual({
    text: "return\n`a\nb`",
    compared: "return\n`a\nb`",
    former: "return `a b`",
  });
  expect(pieceOf("a\nb", false)).toEqual({ text: "a\nb", compared: "a\nb", former: "a\nb" });
});

/** The syntax tree of a body, without places; null where it is an error. */
function meaning(body: string): string | null {
  try {
    const tree = parseAst(`async function* f() { l: for (;;) {${body}} }`, { lang: "ts" });
    return JSON.stringify(tree, (key, value) => (key === "start" || key === "end" ? undefined : value));
  } catch {
    return null;
  }
}

test("of two layouts that mean something else, the texts differ", () => {
  const operand = fc.constantFrom(
    ["a"],
    ["b", ".", "c"],
    ["(", "a", ")"],
    ["a", "[", "0", "]"],
    ['"x"'],
    ["async"],
  );
  const expression = fc.oneof(
    operand,
    operand.map((a) => [...a, "++"]),
    operand.map((a) => ["--", ...a]),
    operand.map((a) => ["!", ...a]),
    fc.tuple(operand, operand).map(([a, b]) => [...a, "=", ...b]),
    fc.tuple(operand, operand).map(([a, b]) => [...a, "!", ...b]),
    operand.map((a) => ["yield", ...a]),
    operand.map((a) => ["async", "function", "g", "(", ")", "{", "}"].concat(a)),
  );
  const statement = fc.oneof(
    expression,
    expression.map((a) => ["return", ...a]),
    expression.map((a) => ["if", "(", "a", ")", ...a]),
    fc.constantFrom(["return"], ["break"], ["break", "l"], ["continue"], ["continue", "l"], ["yield"]),
  );
  const body = fc.array(statement, { minLength: 1, maxLength: 3 }).map((all) => all.flat());
  let both = 0;
  fc.assert(
    fc.property(
      body,
      fc.infiniteStream(fc.boolean()),
      fc.infiniteStream(fc.boolean()),
      (tokens, some, others) => {
        const laidOut = (ends: Iterator<boolean>) =>
          tokens.map((token) => token + (ends.next().value ? "\n" : " ")).join("");
        const [one, other] = [laidOut(some), laidOut(others)];
        const [means, meansToo] = [meaning(one), meaning(other)];
        if (means === null || meansToo === null || means === meansToo) return;
        both++;
        expect(compared(one)).not.toBe(compared(other));
      },
    ),
    { numRuns: 4_000 },
  );
  expect(both).toBeGreaterThan(20);
});

test("the former name of the engine is its name in code", () => {
  const importing = (name: string) => pieceOf(`import { rule } from "${name}"; import('${name}/cli');`, true);
  expect(importing("braid-engine").compared).toBe(importing("@braid/engine").compared);
  expect(importing("braid-engine").former).toBe(importing("@braid/engine").former);
  expect(importing("braid-engines").compared).not.toBe(importing("@braid/engine").compared);
});
