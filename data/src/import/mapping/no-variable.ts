/** The errors for files in which no column is recognised as a variable. */
import { cannot } from "braid-engine";
import { type ColumnProfile, isNumeric } from "../files/profile.ts";
import type { Guess } from "./group.ts";
import { quoted } from "./questions.ts";
import { isVariable, recognise } from "./recognise.ts";
import { targets } from "./targets.ts";

/** Names of variables that a message lists. */
const known = targets
  .filter(({ role, kind }) => role !== "attribute" && kind !== null)
  .map(({ name }) => name);

/** The error for a wide table whose file name says no variable. */
export function noFileVariable({ mapping, group }: Guess): Error {
  const date = JSON.stringify(mapping.columns.date?.from);
  const names = group.profile.columns.map(({ name }) => name);
  const facts = [["its columns", names.slice(0, 8).join(", ")] as const];
  if (2 * names.filter(namesBoth).length > names.length)
    return cannot("import", group.key, "its columns are named after a site and a variable each", {
      facts,
      hint: "Write a file for each variable, with the ids alone as names of columns, and name it by the variable and its unit, such as flow_m3s.csv.",
    });
  return cannot(
    "import",
    group.key,
    "it has a column per site, and the file name does not say which variable",
    {
      facts,
      hint: `Name it in a mapping (--mapping FILE), with "*" for all other columns:\n    files: { ${JSON.stringify(group.key)}: { columns: { date: ${date}, discharge_cms: { from: "*", unit: m3/s } } } }`,
    },
  );
}

/** Whether a name is a variable after or before another word. */
function namesBoth(name: string): boolean {
  const [, last = ""] = /^[^\s_.:-]+[\s_.:-]+(.+)$/.exec(name) ?? [];
  const [, first = ""] = /^(.+?)[\s_.:-]+[^\s_.:-]+$/.exec(name) ?? [];
  return [first, last].some((part) => part !== "" && recognise(part) !== null);
}

const sitesHint =
  "If each column is a site, its name must be the id alone, without a unit; name the file by the variable and its unit, such as flow_m3s.csv, and leave out columns of means.";

/** The error for a file that has no column of a known name. */
export function noVariable({ group, mapping }: Guess): Error {
  const { columns } = group.profile;
  const worded = columns.find((column) => column.filled > 0 && !isNumeric(column) && isVariable(column.name));
  if (worded !== undefined) return textsOf(group.key, worded);
  const where = Object.entries(mapping.columns)
    .flatMap(([name, { from }]) => (typeof from === "string" ? [`${name}: ${quoted(from)}`] : []))
    .join(", ");
  const mayBeSites = mapping.columns.site_id?.from === undefined && columns.filter(isNumeric).length > 1;
  return cannot("import", group.key, "the import recognises none of its column names", {
    facts: [
      ["its columns", columns.map(({ name }) => name).join(", ")],
      ["known", known.join(", ")],
    ],
    hint: `Name them in a mapping (--mapping FILE):\n    columns: { ${where}, discharge_cms: { from: ..., unit: m3/s } }${mayBeSites ? `\n  ${sitesHint}` : ""}`,
  });
}

/** Whether some texts of a column that is no column of numbers are numbers or begin with one: "10.89 m3/s". */
export function holdsSomeNumbers({ numbers, texts }: ColumnProfile): boolean {
  return numbers > 0 || [...texts].filter((text) => /^[<>~+-]?\s*\d/.test(text)).length > texts.size / 2;
}

/** The error for a column that is called a variable and does not hold numbers. */
export function textsOf(file: string, { name, texts, numbers }: ColumnProfile): Error {
  const words = [...texts].find((text) => !/\d/.test(text));
  const amount = numbers > 0 ? "more texts than" : "texts and no";
  return cannot("import", file, `its column "${name}" holds ${amount} numbers`, {
    facts: [["it begins with", [...texts].slice(0, 3).join(", ")]],
    hint:
      numbers > 0 && words !== undefined
        ? `If they mean a missing value, say so in a mapping (--mapping FILE): missing: [${JSON.stringify(words)}]`
        : "Write numbers alone: put units in the name of the column, and codes in a column of their own.",
  });
}
