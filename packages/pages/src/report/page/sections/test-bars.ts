/** The counts of tests as bars of sites and as a table. */
import { element, table } from "../../../shared/elements.ts";
import type { Report, SiteCount, TestCounts } from "../../report.ts";
import { correctionName, verdictWords } from "../answer.ts";

/** One test: a bar of sites for each multiple-comparison correction. */
export function testBlock(counts: readonly TestCounts[]): HTMLElement {
  const { test, title, note } = counts[0]!;
  const reason = counts.find((each) => each.refused > 0)?.reason ?? "";
  return element(
    "div",
    { className: "test", "data-test": test },
    element("h3", {}, title),
    ...counts.map((each) => testBar(each)),
    element("p", {}, `${note}${reason === "" ? "" : ` Not judged: ${reason}.`}`),
  );
}

function testBar(counts: TestCounts): HTMLElement {
  const { adjustment } = counts;
  return element(
    "div",
    { className: "adjusted", "data-adjustment": adjustment },
    element("span", {}, correctionName(adjustment)),
    stack(counts),
  );
}

/** A bar of sites. */
export function stack({ better, same, worse, refused }: TestCounts): HTMLElement {
  const parts = [
    ["better", better],
    ["no difference", same],
    ["worse", worse],
    ["not judged", { sites: refused, low: null, high: null }],
  ] as const;
  const words = parts
    .filter(([, { sites }]) => sites > 0)
    .map(([word, one]) => `${one.sites} ${word}${interval(one)}`)
    .join(", ");
  return element(
    "div",
    { className: "stack", role: "img", "aria-label": words, title: words },
    ...parts.map(([word, { sites }]) => {
      if (sites === 0) return null;
      const part = element("span", { className: word.replace(" ", "-") }, String(sites));
      part.style.flexGrow = String(sites);
      return part;
    }),
  );
}

/** ` (3 to 9)`; empty without an interval. */
function interval({ low, high }: SiteCount): string {
  return low === null || high === null ? "" : ` (${Math.round(low)} to ${Math.round(high)})`;
}

export function countTable(counts: readonly TestCounts[]): HTMLElement {
  const sites = (one: SiteCount) => `${one.sites}${interval(one)}`;
  return table(
    "Tests",
    ["test", "correction", "better", "no difference", "worse", "not judged"],
    counts.map(({ title, adjustment, better, same, worse, refused }) => [
      title,
      correctionName(adjustment),
      sites(better),
      sites(same),
      sites(worse),
      refused,
    ]),
  );
}

/** What the colours of the bars mean. */
export function legend(report: Report): HTMLElement {
  return element(
    "span",
    { className: "legend" },
    ...["better", "no difference", "worse", "not judged"]
      // A one-sided test finds no site worse.
      .filter((word) => word !== "worse" || report.verdicts?.answer?.test !== "any_better")
      .map((word) =>
        element(
          "span",
          { className: "entry" },
          element("span", { className: `key ${word.replace(" ", "-")}` }),
          verdictWords(report, word),
        ),
      ),
  );
}
