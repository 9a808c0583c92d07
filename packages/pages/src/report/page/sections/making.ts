/** How the results were made: config, versions, machine, run times. */
import { element } from "../../../shared/elements.ts";
import type { Context } from "./context.ts";

export function making({ report }: Context): HTMLElement {
  return element(
    "section",
    { id: "making" },
    element("h2", {}, "How it was made"),
    element(
      "div",
      { className: "facts" },
      ...report.making.map(({ heading, rows }) =>
        element(
          "div",
          {},
          element("h3", {}, heading),
          element(
            "dl",
            {},
            ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
          ),
        ),
      ),
    ),
  );
}
