/** The choice of a site, the same wherever it stands. */
import { select } from "../../../shared/elements.ts";
import { type Context, siteLabel } from "./context.ts";

export function sitePicker({ report, choices }: Context): HTMLElement {
  const made = select(
    "Site",
    report.sites.map((site) => [site.id, siteLabel(site)] as const),
    choices.now.site,
    (site) => choices.set({ site }),
  );
  choices.onChange((keys) => {
    if (keys.has("site")) made.querySelector("select")!.value = choices.now.site;
  });
  return made;
}
