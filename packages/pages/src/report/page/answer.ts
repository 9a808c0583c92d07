/** The answer in one sentence: what the one test that may answer says of how many sites. */
import { count } from "braid-engine/quantities";
import type { Report, TestCounts } from "../report.ts";

/** Corrections as people name them. */
export function correctionName(adjustment: string): string {
  const names: Readonly<Record<string, string>> = {
    none: "each site alone",
    holm: "Holm",
    benjamini_hochberg: "Benjamini-Hochberg",
  };
  return names[adjustment] ?? adjustment;
}

/** The counts of the answering test under a correction; undefined if no test answers. */
export function answerCounts({ verdicts }: Report, correction: string): TestCounts | undefined {
  return verdicts?.counts.find(
    ({ test, adjustment }) => test === verdicts.answer?.test && adjustment === correction,
  );
}

/** The sentence that the page begins with. */
export function answerSentence(report: Report, correction: string): string {
  const { verdicts } = report;
  if (verdicts === null)
    return "No statistical test was run: the figures describe the scores, and prove nothing.";
  const counts = answerCounts(report, correction);
  if (counts === undefined) {
    const reason = verdicts.counts.find((one) => one.reason !== "")?.reason;
    return `No test over seeds can say whether multi-task learning helps${reason === undefined ? "" : `: ${reason}`}.${dayWords(verdicts.counts)}`;
  }
  const { test, better, same, worse, refused } = counts;
  const all = judgedSites(counts);
  const rest = refused > 0 ? ` ${count(refused, "more site")} could not be judged.` : "";
  if (test === "any_better")
    return `Some factor above 0 is better than single-task learning at ${better.sites} of ${count(all, "site")}${harmWords(report, counts)}.${rest}`;
  return `Multi-task learning helped at ${better.sites} of ${count(all, "site")} and hurt at ${worse.sites}; at ${same.sites} the test finds no difference.${rest}`;
}

/** What the test over days finds, which needs no seeds; empty if it was refused as well. */
function dayWords(all: readonly TestCounts[]): string {
  const counts = all.find(({ test }) => test === "chosen_factor_days");
  if (counts === undefined || judgedSites(counts) === 0) return "";
  const { better, worse } = counts;
  return ` The test over days finds ${better.sites} of ${count(judgedSites(counts), "site")} better and ${worse.sites} worse.`;
}

/** What follows the count of a test that cannot find a site worse: the sites where its mirror, `any_worse`, finds harm. */
function harmWords({ verdicts }: Report, counts: TestCounts): string {
  const mirror = verdicts?.counts.find(
    ({ test, adjustment }) => test === "any_worse" && adjustment === counts.adjustment,
  );
  const judged = mirror === undefined ? 0 : judgedSites(mirror);
  if (mirror === undefined || judged === 0)
    return `; at ${counts.same.sites} the test finds no gain, and none looked for harm`;
  const of = judged === judgedSites(counts) ? "" : ` of ${judged}`;
  return `, and some factor is worse at ${mirror.worse.sites}${of}`;
}

function judgedSites({ better, same, worse }: TestCounts): number {
  return better.sites + same.sites + worse.sites;
}

/** The intervals of its counts, and where they are from; empty without regions. */
export function answerIntervals(counts: TestCounts): string {
  const kinds = counts.test === "any_better" ? (["better"] as const) : (["better", "worse"] as const);
  const parts = kinds.flatMap((kind) => {
    const { low, high } = counts[kind];
    return low === null || high === null ? [] : [`${Math.round(low)} to ${Math.round(high)} sites ${kind}`];
  });
  return parts.length === 0
    ? ""
    : `95 % intervals, from whole regions drawn with replacement: ${parts.join(", ")}.`;
}

/** Why another test answers than that of a factor chosen on validation; empty if that one answers. */
export function insteadOf({ verdicts }: Report): string {
  if (verdicts === null || verdicts.answer === null || verdicts.answer.test === "chosen_factor") return "";
  const reason = verdicts.counts.find((one) => one.test === "chosen_factor" && one.reason !== "")?.reason;
  return reason === undefined ? "" : `A factor chosen on validation was not judged: ${reason}.`;
}

/** A verdict as the page writes it: a test that cannot find a site worse does not find it equal either. */
export function verdictWords({ verdicts }: Report, verdict: string): string {
  if (verdict === "refused") return "not judged";
  return verdict === "no difference" && verdicts?.answer?.test === "any_better" ? "not better" : verdict;
}
