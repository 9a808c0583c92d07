/** What the results do not say, next to the answer and before any figure. */
import { element } from "../../../shared/elements.ts";
import type { Context } from "./context.ts";

export function caveats({ report }: Context): HTMLElement | null {
  const { caveats, compareWith } = report;
  if (caveats.length === 0) return null;
  return element(
    "section",
    { id: "caveats" },
    element("h2", {}, "What this does not say"),
    element(
      "ul",
      { className: "caveats" },
      ...caveats.map(([name, text]) => element("li", {}, element("b", {}, `${name}: `), text)),
    ),
    compareWith === ""
      ? null
      : element("p", { className: "note" }, element("b", {}, "To compare with: "), compareWith),
  );
}
