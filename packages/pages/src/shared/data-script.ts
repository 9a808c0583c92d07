/**
 * Data as a script: a page opened from disk may not read files, but it may load scripts. Each calls
 * `braidData(name, value)`, which the page defines.
 */

import { deflateRawSync } from "node:zlib";
import type { Deflated } from "./packed.ts";

/** Letters of JSON that are compressed; fewer gain nothing. */
const fewest = 2_000;

/** The text of the script that hands `value` to the page under `name`; a long one is compressed. */
export function dataScript(name: string, value: unknown): string {
  const json = JSON.stringify(value);
  if (json.length < fewest) return plainScript(name, value);
  const deflated: Deflated = { deflated: deflateRawSync(json).toString("base64") };
  return plainScript(name, deflated);
}

/** The same, not compressed: for data that people search for words. */
export function plainScript(name: string, value: unknown): string {
  // U+2028 and U+2029 are line ends to old readers of scripts; "</" would end one that stands in a page.
  const text = JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replaceAll("</", "<\\/");
  return `braidData(${JSON.stringify(name)},${text});\n`;
}
