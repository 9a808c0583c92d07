/**
 * HTML as text. Whatever stands in a template's gaps is escaped unless it is HTML itself: paths, errors and values of
 * configs are data and can never become markup.
 */

export interface Html {
  readonly html: string;
}

/** What may stand in a gap; null leaves it empty, a list is its parts one after the other. */
export type Part = Html | string | number | null | readonly Part[];

export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((whole, text, i) => whole + textOf(parts[i - 1]!) + text) };
}

/** Text that is markup already, and not made of anybody's data. */
export function trusted(text: string): Html {
  return { html: text };
}

function textOf(part: Part): string {
  if (part === null) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escaped(part);
  return "html" in part ? part.html : part.map(textOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Also for attributes in quotes. A character that HTML has no place for is shown as one that is missing. */
function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => entities[character]!)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters meant.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd")
  );
}
