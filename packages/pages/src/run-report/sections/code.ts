/** The code of each rule. */
import { basename } from "node:path";
import { count } from "braid-engine/quantities";
import { type Html, html } from "../../shared/html.ts";
import type { RuleFigures } from "../rule-figures.ts";
import type { RunReport } from "../run-report.ts";
import { section } from "../table.ts";

const mostRules = 100;
const mostLines = 200;
/** The most characters of one rule, and of all rules. */
const longest = 10_000;
const mostText = 120_000;
const mostModules = 5;

export function codeSection({ rules }: RunReport): Html | null {
  const own = rules.filter(({ code }) => code !== null);
  if (own.length === 0) return null;
  let room = mostText;
  const rest = own.length - mostRules;
  const parts = own.slice(0, mostRules).map((rule) => {
    const text = room === 0 ? "" : cut(rule.code!.text, Math.min(longest, room));
    room = Math.max(0, room - text.length);
    return codeOf(rule, text);
  });
  return section("code", "Code of the rules", [
    html`<p class="legend">The current code of the workflow. Jobs that were made by other code count as out of date above. If Node runs the workflow as TypeScript, its types are replaced by spaces.${rest > 0 ? ` ${count(rest, "more rule")} not shown.` : ""}</p>\n`,
    ...parts,
  ]);
}

function codeOf({ rule, code }: RuleFigures, text: string): Html {
  const { kind, prefix, modules } = code!;
  const names = modules.slice(0, mostModules).map((module) => basename(module));
  const more = modules.length - names.length;
  return html`<details><summary>${rule}: ${kind}</summary>
${prefix === "" ? null : html`<p class="legend">Started with <code>${cut(prefix, 400)}</code></p>\n`}<pre tabindex="0">${text === "" ? "(not shown: the page has no room for more code)" : text}</pre>
${names.length === 0 ? null : html`<p class="legend">Counts as part of it: <code>${names.join(", ")}</code>${more > 0 ? ` and ${count(more, "more module")}` : ""}</p>\n`}</details>
`;
}

/** The first lines of a text, without the indentation that the workflow file gives to all lines but the first. */
function cut(text: string, most: number): string {
  const lines = text.slice(0, most).split("\n");
  const rest = lines.slice(1).filter((line) => line.trim() !== "");
  const indent = rest.reduce((least, line) => Math.min(least, line.search(/\S/)), Number.POSITIVE_INFINITY);
  const shown = lines
    .slice(0, mostLines)
    .map((line, i) => (i === 0 || !Number.isFinite(indent) ? line : line.slice(indent)));
  const isCut = lines.length > mostLines || text.length > most;
  return isCut ? `${shown.join("\n")}\n...` : shown.join("\n");
}
