/** The page: a head that says what this is, the choices that all figures share, and the sections in turn. */
import { element, select } from "../../shared/elements.ts";
import { type PackedReport, unpackReport } from "../packed-report.ts";
import { choices } from "./choice.ts";
import { load } from "./data.ts";
import { drawUnseen } from "./figure.ts";
import { direction, scoreLabel, variableLabel } from "./names.ts";
import { agreement } from "./sections/agreement.ts";
import { bestFactor } from "./sections/best-factor.ts";
import { caveats } from "./sections/caveats.ts";
import type { Context } from "./sections/context.ts";
import { curves } from "./sections/curves.ts";
import { extremes } from "./sections/extremes.ts";
import { factorBoxes } from "./sections/factor-boxes.ts";
import { gain } from "./sections/gain.ts";
import { gainMaps } from "./sections/gain-maps.ts";
import { headline } from "./sections/headline.ts";
import { making } from "./sections/making.ts";
import { series } from "./sections/series.ts";
import { sites } from "./sections/sites.ts";
import { tradeOff } from "./sections/trade-off.ts";
import { workflow } from "./sections/workflow.ts";

async function show(): Promise<void> {
  const report = unpackReport(await load<PackedReport>("report"));
  const context: Context = { report, choices: choices(report) };
  const made = (...sections: ((context: Context) => HTMLElement | null)[]) =>
    sections.flatMap((section) => section(context) ?? []);
  const first = made(headline, caveats);
  const beside = made(sites, series);
  const others = made(
    ...[agreement, gainMaps, factorBoxes, bestFactor, gain, tradeOff],
    ...[extremes, curves, workflow, making],
  );
  const sections = [...first, ...beside, ...others];
  document
    .getElementById("page")!
    .append(
      chooser(context, sections),
      ...first,
      element("div", { className: "beside" }, ...beside),
      ...others,
    );
  followSections(context, sections);
  document.documentElement.dataset.ready = "yes";
  await drawUnseen();
}

const shortNames: Readonly<Record<string, string>> = {
  headline: "Answer",
  caveats: "Caveats",
  sites: "Sites",
  days: "Hydrograph",
  agreement: "Agreement",
  where: "Where",
  factors: "Factors",
  best: "Best factor",
  gains: "Gains",
  "trade-off": "Trade-off",
  models: "Models",
  training: "Training",
  workflow: "Workflow",
  making: "Making",
};

/** Opens at the section of the address, and keeps there the one that is read. */
function followSections({ choices }: Context, sections: readonly HTMLElement[]): void {
  document.getElementById(choices.now.section)?.scrollIntoView();
  const reading = new IntersectionObserver(
    (entries) => {
      const read = entries.find((entry) => entry.isIntersecting)?.target.id;
      // The page begins with the first section, which no link need name.
      if (read !== undefined) choices.set({ section: read === sections[0]!.id ? "" : read });
    },
    // A line across the screen, a third from its top.
    { rootMargin: "-33% 0px -66% 0px" },
  );
  for (const section of sections) reading.observe(section);
}

/** Leads to a section, and leaves the address to the choices. */
function linkTo(section: HTMLElement): HTMLElement {
  const link = element("a", { href: `#${section.id}` }, shortNames[section.id] ?? section.id);
  section.tabIndex = -1;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  });
  return link;
}

/** The choices that stay in view. */
function chooser({ report, choices }: Context, sections: readonly HTMLElement[]): HTMLElement {
  const words = {
    partition: (name: string) => name,
    variable: (name: string) => variableLabel(report, name),
    score: (name: string) => `${scoreLabel(report, name, choices.now.variable)}, ${direction(name)}`,
  };
  const pick = (text: string, key: keyof typeof words, values: readonly string[]) => {
    const made = select(
      text,
      values.map((value) => [value, words[key](value)] as const),
      choices.now[key],
      (value) => choices.set({ [key]: value }),
    );
    choices.onChange(() => {
      const list = made.querySelector("select")!;
      // The unit of a score is that of the variable.
      for (const option of list.options) option.text = words[key](option.value);
      list.value = choices.now[key];
    });
    return made;
  };
  return element(
    "nav",
    { "aria-label": "Choices" },
    pick("Partition", "partition", report.partitions),
    pick("Variable", "variable", report.variables),
    pick("Score", "score", report.scores),
    element("span", { className: "links" }, ...sections.map(linkTo)),
  );
}

show().catch((error: Error) => {
  document
    .getElementById("page")!
    .append(
      element(
        "p",
        { className: "nothing" },
        `The page cannot be shown: ${error.message}. Keep the folders assets and series beside it.`,
      ),
    );
});
