/** Where multi-task learning gains: by site and factor, and on a map. */
import { element } from "../../../shared/elements.ts";
import type { Context } from "./context.ts";
import { heatMap } from "./heat-map.ts";
import { siteMap } from "./site-map.ts";

export function gainMaps(context: Context): HTMLElement | null {
  const figures = [heatMap(context), siteMap(context)].filter((one) => one !== null);
  if (figures.length === 0) return null;
  return element(
    "section",
    { id: "where" },
    element("h2", {}, "Where it gains"),
    element("div", { className: "pair" }, ...figures),
  );
}
