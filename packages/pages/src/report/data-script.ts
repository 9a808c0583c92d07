/**
 * Data as a script: a page opened from disk may not read files, but it may load scripts. Each calls
 * `braidData(name, value)`, which the page defines.
 */

/** The text of the script that hands `value` to the page under `name`. */
export function dataScript(name: string, value: unknown): string {
  // U+2028 and U+2029 are line ends to old readers of scripts; "</" would end one that stands in a page.
  const text = JSON.stringify(value)
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
    .replaceAll("</", "<\\/");
  return `braidData(${JSON.stringify(name)},${text});\n`;
}

/** The name of the numbers of one score. */
export function scoreName(partition: string, variable: string, score: string): string {
  return `scores/${partition}.${variable}.${score}`;
}
