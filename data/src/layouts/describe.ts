/** What was imported, as text for a terminal. */
import { count } from "braid-engine/quantities";
import type { LayoutImport } from "./import-layout.ts";
import type { LeftOut } from "./layout.ts";

/** Reasons and ids beyond so many are only counted. */
const [mostReasons, mostSites] = [20, 8];

/** The sites, those left out with the reason, and what to know. */
export function describeImport(imported: LayoutImport): string {
  const { layout, sites, leftOut, notes, fromFlow } = imported;
  const paragraphs = [`${layout.title} (${layout.source}): ${count(sites.length, "site")} imported.`];
  if (leftOut.length > 0) paragraphs.push(listReasons("Left out", leftOut));
  if (fromFlow.length > 0)
    paragraphs.push(
      `Left out of sites.csv, because they are computed from observed flow, which the model predicts:\n  ${wrap(fromFlow)}`,
    );
  if (notes.length > 0) paragraphs.push(notes.join("\n"));
  return paragraphs.join("\n\n");
}

/** Sites by their reason, so that hundreds with the same one take a line. */
function listReasons(title: string, leftOut: readonly LeftOut[]): string {
  const reasons = [...Map.groupBy(leftOut, ({ why }) => why)];
  const lines = reasons.slice(0, mostReasons).map(([why, sites]) => {
    const ids = sites.map(({ site }) => site);
    const more = ids.length > mostSites ? ` and ${ids.length - mostSites} more` : "";
    return `  ${ids.slice(0, mostSites).join(", ")}${more}: ${why.replaceAll("\n", "\n  ")}`;
  });
  if (reasons.length > mostReasons) lines.push(`  and ${reasons.length - mostReasons} more reasons`);
  return `${title}, ${count(leftOut.length, "site")}:\n${lines.join("\n")}`;
}

function wrap(words: readonly string[]): string {
  const lines = [""];
  for (const word of words) {
    if (lines.at(-1)!.length + word.length > 100) lines.push("");
    lines[lines.length - 1] += `${lines.at(-1) === "" ? "" : ", "}${word}`;
  }
  return lines.join(",\n  ");
}
