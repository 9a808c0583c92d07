/**
 * Code as a text to compare: its tokens, so that comments and layout do not count. A line end counts where
 * JavaScript would read the tokens otherwise without it: `return` and `"x"` on the next line returns nothing.
 */
import jsTokens, { type Token } from "js-tokens";

/** A piece of code for people, as it is compared, and as earlier versions compared it. */
export interface CodePiece {
  readonly text: string;
  readonly compared: string;
  readonly former: string;
}

/** Of other languages than JavaScript and TypeScript nobody here knows what counts: they are compared as they stand. */
export function pieceOf(source: string, javaScript: boolean): CodePiece {
  if (!javaScript) return { text: source, compared: source, former: source };
  const text = normalised(source);
  return { text, compared: comparedTokens(source), former: text.replaceAll("\n", " ") };
}

/** One line per source line that has code, its tokens a blank apart; comments and layout are gone. */
export function normalised(source: string): string {
  let text = "";
  for (const token of jsTokens(source)) {
    if (token.type === "LineTerminatorSequence") text += text.endsWith("\n") ? "" : "\n";
    else if (!isLayout(token)) text += text === "" || text.endsWith("\n") ? token.value : ` ${token.value}`;
  }
  return text.trim();
}

/** The tokens a blank apart, or a line end where it counts. */
function comparedTokens(source: string): string {
  let text = "";
  let lineEnds = false;
  let before: Word = { value: "", word: "", ends: false };
  /** For each open parenthesis, true where it belongs to an `if`, a loop or the like. */
  const heads: boolean[] = [];
  for (const token of jsTokens(source)) {
    const { type, value } = token;
    // A comment of several lines ends a line too.
    if (type === "LineTerminatorSequence") lineEnds = true;
    else if (type === "MultiLineComment") lineEnds ||= /[\n\r\u2028\u2029]/.test(value);
    if (isLayout(token)) continue;
    if (text !== "") text += lineEnds && countsBetween(before, value) ? "\n" : " ";
    // A template's line ends are \n to JavaScript, however the file writes them.
    text += value.replace(/\r\n?/g, "\n");
    lineEnds = false;
    if (value === "(") heads.push(headed.has(before.word));
    const name = type === "IdentifierName" || type === "PrivateIdentifier";
    // Behind a dot every word is a name.
    const word = name && before.value !== "." && before.value !== "?." ? value : "";
    const closes = value === "]" || (value === ")" && heads.pop() !== true);
    before = { value, word, ends: closes || (!opens.has(type) && !awaitsOperand.has(word)) };
  }
  return text;
}

interface Word {
  readonly value: string;
  /** The value where it may be a keyword. */
  readonly word: string;
  /** True if it may end an expression. */
  readonly ends: boolean;
}

/** True if a line end between two tokens is more than layout. */
function countsBetween(before: Word, after: string): boolean {
  return takesRestOfLine.has(before.word) ? !endsAnyway.has(after) : before.ends && clingsToLine.has(after);
}

/** What follows these belongs to them on their own line only. */
const takesRestOfLine = new Set("return throw break continue yield async using accessor".split(" "));
/** What none of them takes. */
const endsAnyway = new Set([";", ",", ":", ")", "]", "}"]);
/** These follow an expression on its own line only, `!` in TypeScript; on the next line they begin a statement. */
const clingsToLine = new Set(["++", "--", "!"]);
/** Kinds of tokens behind which an operand stands, but for some brackets. */
const opens: ReadonlySet<string> = new Set(["Punctuator", "TemplateHead", "TemplateMiddle"]);
/** Words behind which an operand stands. */
const awaitsOperand = new Set(
  "await case delete do else extends in instanceof new of typeof void"
    .split(" ")
    .concat([...takesRestOfLine]),
);
/** Words whose parentheses are no expression. */
const headed = new Set(["if", "while", "for", "with"]);

function isLayout({ type }: Token): boolean {
  return (
    type === "WhiteSpace" ||
    type === "LineTerminatorSequence" ||
    type === "SingleLineComment" ||
    type === "MultiLineComment"
  );
}
