/** The answer first: one sentence, the test behind it with its counts and intervals; everything else is folded. */
import { count, withCommas } from "braid-engine/quantities";
import { element, select } from "../../../shared/elements.ts";
import type { AuxiliaryVerdicts, Verdicts } from "../../report.ts";
import { answerCounts, answerIntervals, answerSentence, correctionName, insteadOf } from "../answer.ts";
import { corrections } from "../choice.ts";
import { direction } from "../names.ts";
import { brief, median, seedMedians, siteGains } from "../numbers.ts";
import { type Context, chosenScores, chosenWords, isJudged, scoreWords } from "./context.ts";
import { countTable, legend, stack, testBlock } from "./test-bars.ts";

export function headline(context: Context): HTMLElement {
  const { report, choices } = context;
  const { verdicts, auxiliaryVerdicts = [] } = report;
  const sentence = element("h2", { className: "answer" });
  const update = () => {
    sentence.textContent = answerSentence(report, choices.now.correction);
  };
  update();
  choices.onChange((keys) => keys.has("correction") && update());
  return element(
    "section",
    { id: "headline" },
    sentence,
    ...(verdicts === null ? [] : judgedPart(context, verdicts)),
    ...auxiliaryVerdicts.map(auxiliaryPart),
    element(
      "details",
      { className: "more" },
      element("summary", {}, verdicts === null ? "Counts" : "All tests, and counts that are not tests"),
      cards(context),
      ...(verdicts === null ? [] : [allTests(context, verdicts)]),
    ),
  );
}

/** What describes the chosen scores, and proves nothing. */
function cards(context: Context): HTMLElement {
  const { report, choices } = context;
  const { sites, factors, seeds, models } = report;
  const shown = element("div", { className: "cards" });
  const update = async () => {
    const cube = await chosenScores(context);
    const { score } = choices.now;
    const bySite = seedMedians(report, cube);
    const gains = siteGains(report, bySite, score);
    const zero = factors.indexOf(0);
    const scored = gains.filter((gain) => gain.best >= 0);
    const rose = gains.filter((gain) => gain.gain > 0).length;
    const judged = gains.filter((gain) => Number.isFinite(gain.gain)).length;
    shown.replaceChildren(
      card(
        withCommas(models),
        `models: ${count(sites.length, "site")} × ${count(factors.length, "factor")} × ${count(seeds.length, "seed")}`,
      ),
      ...(zero < 0
        ? []
        : [
            card(
              brief(median(bySite.map((row) => row[zero]!))),
              `median ${chosenWords(context)} at factor 0 (${direction(score)})`,
            ),
          ]),
      card(
        brief(median(scored.map(({ site, best }) => bySite[site]![best]!))),
        `the same at each site's best factor, picked on these scores`,
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
  return shown;
}

/** The tests of an auxiliary variable as a table, or why there are none. */
function auxiliaryPart({ variable, against, counts, refused }: AuxiliaryVerdicts): HTMLElement {
  if (refused !== "")
    return element(
      "p",
      { className: "note", "data-auxiliary": variable },
      `No verdict on ${variable}: ${refused}.`,
    );
  return element(
    "details",
    { "data-auxiliary": variable },
    element(
      "summary",
      {},
      `${variable} as well: against factor 0 of ${against}, which has it as the primary`,
    ),
    countTable(counts),
  );
}

/** The test of the answer where it judges the scores that are chosen; else a way to these. */
function judgedPart(context: Context, { judged }: Verdicts): HTMLElement[] {
  const { report, choices } = context;
  const of = scoreWords(report, judged);
  const bar = element("div");
  const update = () => {
    const counts = answerCounts(report, choices.now.correction);
    const intervals = counts === undefined ? "" : answerIntervals(counts);
    bar.replaceChildren(
      ...(counts === undefined ? [] : [stack(counts), legend(report)]),
      ...(intervals === "" ? [] : [element("span", { className: "intervals" }, intervals)]),
    );
  };
  const offered = corrections(report);
  const correction = select(
    "Correction",
    offered.map((name) => [name, correctionName(name)] as const),
    choices.now.correction,
    (value) => choices.set({ correction: value }),
  );
  const counts = answerCounts(report, choices.now.correction);
  const tests = element(
    "div",
    { id: "verdicts" },
    element(
      "p",
      { className: "judged" },
      `Judged: ${of}. ${[counts?.note, insteadOf(report)].filter(Boolean).join(" ")} `,
      offered.length < 2 ? null : correction,
    ),
    bar,
  );
  const back = element("button", { type: "button" }, "Show these");
  back.addEventListener("click", () => choices.set(judged));
  const elsewhere = element(
    "p",
    { className: "note" },
    `The tests judge ${of}, but the page shows other scores. `,
    back,
  );
  const show = () => {
    tests.hidden = !isJudged(context, judged);
    elsewhere.hidden = !tests.hidden;
  };
  update();
  show();
  choices.onChange((keys) => {
    if (keys.has("correction")) update();
    show();
  });
  return [tests, elsewhere];
}

function allTests({ report }: Context, { counts, judged }: Verdicts): HTMLElement {
  return element(
    "div",
    {},
    element(
      "p",
      { className: "note" },
      `Numbers of sites, judged by ${scoreWords(report, judged)}.${report.sites.length === 1 ? "" : ` ${report.sites.length} sites are ${report.sites.length} tests: Benjamini-Hochberg and Holm correct for their number.`}`,
    ),
    element(
      "div",
      { className: "tests" },
      ...[...Map.groupBy(counts, (count) => count.test).values()].map(testBlock),
    ),
    element(
      "details",
      { className: "counts" },
      element("summary", {}, "As a table, with 95 % intervals from whole regions drawn with replacement"),
      countTable(counts),
    ),
  );
}

function card(number: string, text: string): HTMLElement {
  return element("div", { className: "card" }, element("strong", {}, number), element("span", {}, text));
}
