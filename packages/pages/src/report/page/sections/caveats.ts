/** What the results do not say, next to the answer and before any figure. */
import { element } from "../../../shared/elements.ts";
import type { Context } from "./context.ts";

export function caveats({ report }: Context): HTMLElement | null {
  const { caveats, compareWith } = report;
  if (caveats.length === 0) return null;
  const details = element(
    "details",
    {},
    element(
      "summary",
      {},
      element("h2", {}, "Caveats"),
      element("span", {}, `: ${[...new Set(caveats.map(([name]) => name))].join(", ")}`),
    ),
    element(
      "ul",
      { className: "caveats" },
      ...caveats.map(([name, text]) => element("li", {}, element("b", {}, `${name}: `), text)),
    ),
    compareWith === ""
      ? null
      : element("p", { className: "note" }, element("b", {}, "For comparison: "), compareWith),
  );
  const open = () => {
    details.open = true;
  };
  // On paper nothing can be unfolded.
  addEventListener("beforeprint", open);
  matchMedia("print").addEventListener("change", open);
  const section = element("section", { id: "caveats" }, details);
  section.addEventListener("focus", open);
  return section;
}
