/** The page: a head that says what this is, the choices that all figures share, and the sections in turn. */
import { element, select } from "../../shared/elements.ts";
import type { Report } from "../report.ts";
import { choices } from "./choice.ts";
import { load } from "./data.ts";
import { bestFactor } from "./sections/best-factor.ts";
import { caveats } from "./sections/caveats.ts";
import { type Context, label } from "./sections/context.ts";
import { curves } from "./sections/curves.ts";
import { extremes } from "./sections/extremes.ts";
import { factorBoxes } from "./sections/factor-boxes.ts";
import { gain } from "./sections/gain.ts";
import { headline } from "./sections/headline.ts";
import { making } from "./sections/making.ts";
import { series } from "./sections/series.ts";
import { workflow } from "./sections/workflow.ts";

async function show(): Promise<void> {
  const report = await load<Report>("report");
  const context: Context = { report, choices: choices(report) };
  const sections = [
    headline,
    caveats,
    factorBoxes,
    bestFactor,
    gain,
    series,
    extremes,
    curves,
    workflow,
    making,
  ].flatMap((section) => section(context) ?? []);
  document.getElementById("page")!.append(chooser(context, sections), ...sections);
  document.documentElement.dataset.ready = "yes";
}

const shortNames: Readonly<Record<string, string>> = {
  headline: "In short",
  caveats: "Caveats",
  factors: "Factors",
  best: "Best factor",
  gains: "Gains",
  days: "Days",
  models: "Models",
  training: "Training",
  workflow: "Workflow",
  making: "Making",
};

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
  const pick = (text: string, key: "partition" | "variable" | "score", values: readonly string[]) => {
    const made = select(
      text,
      values.map((value) => [value, label(value)] as const),
      choices.now[key],
      (value) => choices.set({ [key]: value }),
    );
    choices.onChange(() => {
      made.querySelector("select")!.value = choices.now[key];
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
