/** The answer first: counts of sites, and what each test says of them. */
import { count, withCommas } from "braid-engine/quantities";
import { element, table } from "../../../shared/elements.ts";
import type { SiteCount, TestCounts } from "../../report.ts";
import { brief, median, seedMedians, siteGains } from "../numbers.ts";
import { type Context, chosenScores, label } from "./context.ts";

export function headline(context: Context): HTMLElement {
  const { report, choices } = context;
  const { sites, factors, seeds, models, verdicts } = report;
  const medians = element("div", { className: "cards" });
  const update = async () => {
    const cube = await chosenScores(context);
    const { partition, variable, score } = choices.now;
    const bySite = seedMedians(report, cube);
    const gains = siteGains(report, bySite, score);
    const zero = factors.indexOf(0);
    const scored = gains.filter((gain) => gain.best >= 0);
    const rose = gains.filter((gain) => gain.gain > 0).length;
    const judged = gains.filter((gain) => Number.isFinite(gain.gain)).length;
    medians.replaceChildren(
      card(
        withCommas(models),
        `models: ${count(sites.length, "site")} × ${count(factors.length, "factor")} × ${count(seeds.length, "seed")}`,
      ),
      ...(zero < 0
        ? []
        : [
            card(
              brief(median(bySite.map((row) => row[zero]!))),
              `median ${label(score)} at factor 0, of ${label(variable)}, ${partition}`,
            ),
          ]),
      card(
        brief(median(scored.map(({ site, best }) => bySite[site]![best]!))),
        `median ${label(score)} at each site's best factor, picked on these scores`,
      ),
      ...(judged === 0
        ? []
        : [
            card(
              `${rose} of ${judged}`,
              "sites where some factor above 0 has the better median: a count, not a test",
            ),
          ]),
    );
  };
  void update();
  choices.onChange((keys) => {
    if (["partition", "variable", "score"].some((key) => keys.has(key))) void update();
  });
  return element(
    "section",
    { id: "headline" },
    element("h2", {}, "In short"),
    medians,
    verdicts === null
      ? element(
          "p",
          { className: "note" },
          "No statistical tests were run for this page: what follows describes, and proves nothing.",
        )
      : element(
          "div",
          {},
          legend(sites.length),
          element(
            "div",
            { className: "tests" },
            ...[...Map.groupBy(verdicts.counts, (count) => count.test).values()].map(testBlock),
          ),
          element(
            "details",
            {},
            element("summary", {}, "As a table, with 95 % intervals from whole regions drawn with return"),
            countTable(verdicts.counts),
          ),
        ),
  );
}

function card(number: string, text: string): HTMLElement {
  return element("div", { className: "card" }, element("strong", {}, number), element("span", {}, text));
}

const adjustments: Readonly<Record<string, string>> = {
  none: "each site alone",
  holm: "Holm",
  benjamini_hochberg: "Benjamini-Hochberg",
};

/** One test: a bar of sites for each way to pay for their number. */
function testBlock(counts: readonly TestCounts[]): HTMLElement {
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

function testBar({ adjustment, better, same, worse, refused }: TestCounts): HTMLElement {
  const parts = [
    ["better", better],
    ["no difference", same],
    ["worse", worse],
    ["not judged", { sites: refused, low: null, high: null }],
  ] as const;
  const words = parts
    .filter(([, { sites }]) => sites > 0)
    .map(([word, { sites, low, high }]) =>
      low === null || high === null
        ? `${sites} ${word}`
        : `${sites} ${word} (${Math.round(low)} to ${Math.round(high)})`,
    )
    .join(", ");
  return element(
    "div",
    { className: "adjusted", "data-adjustment": adjustment },
    element("span", {}, adjustments[adjustment] ?? adjustment),
    element(
      "div",
      { className: "stack", role: "img", "aria-label": words, title: words },
      ...parts.map(([word, { sites }]) => {
        if (sites === 0) return null;
        const part = element("span", { className: word.replace(" ", "-") }, String(sites));
        part.style.flexGrow = String(sites);
        return part;
      }),
    ),
  );
}

function countTable(counts: readonly TestCounts[]): HTMLElement {
  const sites = ({ sites, low, high }: SiteCount) =>
    low === null || high === null ? String(sites) : `${sites} (${Math.round(low)} to ${Math.round(high)})`;
  return table(
    "Tests",
    ["test", "over sites", "better", "no difference", "worse", "not judged"],
    counts.map(({ title, adjustment, better, same, worse, refused }) => [
      title,
      adjustments[adjustment] ?? adjustment,
      sites(better),
      sites(same),
      sites(worse),
      refused,
    ]),
  );
}

function legend(sites: number): HTMLElement {
  return element(
    "p",
    { className: "legend" },
    ...["better", "no difference", "worse", "not judged"].map((word) =>
      element(
        "span",
        { className: "entry" },
        element("span", { className: `key ${word.replace(" ", "-")}` }),
        word,
      ),
    ),
    `Numbers of sites.${sites === 1 ? "" : ` ${sites} sites are ${sites} tests: Benjamini-Hochberg and Holm pay for their number.`}`,
  );
}
