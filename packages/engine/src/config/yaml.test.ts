import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { cannot } from "../errors.ts";
import { decodeText, type Refuse, readYaml } from "./yaml.ts";

const refuse: Refuse = (cause, details) => cannot("read", "x.yml", cause, details);
const read = (text: string) => readYaml(text, refuse).value;

test.each([
  ["a: 1\nb:\n  c: 2\n  c: 3\n", "a key is written twice\n  line 4    c: 3"],
  ['{"a": 1,\n "a": 2}\n', 'a key is written twice\n  line 2   "a": 2}'],
  ["a: 1\nb: &x\n  c: [*x]\n", "the alias *x contains itself\n  line  3"],
  ["a: &x { b: &y { c: *x } }\n", "the alias *x contains itself\n  line  1"],
  ["\na: *x\n", "there is no anchor &x before the alias *x\n  line  2"],
  [
    "a:\n  __proto__: { b: 1 }\n",
    "the key __proto__ has a special meaning in JavaScript\n  line  2\n  Give it another name.",
  ],
  ["a: [{ 'constructor': 1 }]\n", "the key constructor has a special meaning"],
  ['{"prototype": 1}', "the key prototype has a special meaning"],
  ["a: 1\n? [b]\n: 2\n", "a list or a map cannot be a key\n  line  2"],
  [
    `a: &a [0,0,0,0,0,0,0,0,0]\n${[..."bcdefgh"].map((name, i) => `${name}: &${name} [${`*${"abcdefg"[i]},`.repeat(9)}]\n`).join("")}`,
    "its aliases expand to too much text\n  line  4",
  ],
])("%j is refused", (text, message) => {
  expect(() => read(text)).toThrow(`Cannot read "x.yml": ${message}`);
});

test("brackets without end are refused", () => {
  const deep = `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  expect(() => read(deep)).toThrow('Cannot read "x.yml": it is nested too deeply');
});

test("an alias of something before it is a copy", () => {
  expect(read("a: &x { b: 1 }\nc: [*x, *x]\n")).toEqual({ a: { b: 1 }, c: [{ b: 1 }, { b: 1 }] });
});

test("plain data that is written as YAML or JSON is read as it was", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z ]{1,6}$/), fc.jsonValue({ depthSize: "small" })),
      (data) => {
        const text = JSON.stringify(data);
        if (/"(__proto__|constructor|prototype)":/.test(text)) return;
        const plain = JSON.parse(text);
        expect(read(text)).toEqual(plain);
        expect(read(stringify(plain, { aliasDuplicateObjects: false }))).toEqual(plain);
      },
    ),
  );
});

test("text that is not UTF-8 is refused with its line, wherever it stands", () => {
  const at = (before: string, bytes: number[], after = "") =>
    Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  expect(decodeText(at("a: é\n", [0xc3, 0xa9]), refuse)).toBe("a: é\né");
  expect(decodeText(at("", [0xef, 0xbb, 0xbf], "a: 1"), refuse)).toBe("a: 1");
  const message = (line: number) =>
    `Cannot read "x.yml": it is not UTF-8 text\n  line  ${line}\n  Save it as UTF-8`;
  expect(() => decodeText(at("a: é\r\n\nb: ", [0xe9], "\nc: 1\n"), refuse)).toThrow(message(3));
  expect(() => decodeText(at("a: 1\n", [0xe9]), refuse)).toThrow(message(2));
  // What a character of several bytes lacks is not taken from the next line.
  expect(() => decodeText(at("a: ", [0xc3], "\nb: 1\n"), refuse)).toThrow(message(1));
  expect(() => decodeText(at("", [0xff, 0xfe, 0x61, 0x00, 0x0a, 0x00]), refuse)).toThrow(message(1));
});
