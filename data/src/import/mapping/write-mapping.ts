/** A mapping as a YAML file, to be read by people: a line per column, with examples of the values. */
import { Document, isMap, isScalar, type Node, type YAMLMap } from "yaml";
import { type Guess, leftOutLines } from "./group.ts";
import type { ColumnMapping } from "./mapping.ts";

/** The text of a mapping; what is open stands in it as a comment. */
export function mappingText(guesses: readonly Guess[]): string {
  const document = new Document({ files: Object.fromEntries(guesses.map(sectionOf)) });
  const files = document.get("files") as YAMLMap;
  for (const guess of guesses) comment(files.get(guess.group.key, true) as unknown as YAMLMap, guess);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function sectionOf({ group, mapping }: Guess): [string, unknown] {
  const { columns, separator, decimal, ...more } = mapping;
  const plain = {
    ...(separator === undefined ? {} : { separator }),
    ...(separator === undefined || decimal === undefined ? {} : { decimal }),
  };
  return [
    group.key,
    {
      columns: Object.fromEntries(ordered(columns).map(([target, column]) => [target, short(column)])),
      ...plain,
      ...more,
    },
  ];
}

/** Site and date first. */
function ordered(columns: Readonly<Record<string, ColumnMapping>>): [string, ColumnMapping][] {
  const rank = (target: string) =>
    ["site_id", "date"].indexOf(target) + (target === "site_id" || target === "date" ? 0 : 3);
  return Object.entries(columns).sort((a, b) => rank(a[0]) - rank(b[0]));
}

/** A column of nothing but a name is only that. */
function short(column: ColumnMapping): unknown {
  const filled = Object.fromEntries(Object.entries(column).filter(([, value]) => value !== undefined));
  return Object.keys(filled).length === 1 && typeof filled.from === "string" && filled.from !== "*"
    ? filled.from
    : filled;
}

function comment(section: YAMLMap, guess: Guess): void {
  const { group, mapping, comments, ignored, notes, questions } = guess;
  const columns = section.get("columns", true) as unknown as YAMLMap;
  for (const { key, value } of columns.items) {
    const node = value as Node;
    if (isMap(node)) node.flow = true;
    const target = String(isScalar(key) ? key.value : key);
    const open = questions.filter((one) => one.target === target).map(({ todo }) => `OPEN: ${todo}`);
    const text = [comments.get(target), ...open].filter(Boolean).join("; ");
    if (text !== "") node.comment = ` ${text.replaceAll("\n", " ")}`;
  }
  const elsewhere = questions.filter(({ target }) => target === null || !(target in mapping.columns));
  const lines = [
    ...(ignored.length === 0 ? [] : [` not used: ${ignored.join(", ")}`]),
    ...leftOutLines(guess).map((line) => ` ${line}`),
    ...notes.map((note) => ` ${note.replace(`${group.key}: `, "")}`),
    ...elsewhere.map(({ target, todo }) => ` OPEN: ${target === null ? "" : `${target} `}${todo}`),
  ];
  if (lines.length > 0) section.comment = lines.join("\n");
}
