/** Whether the tables of an import name their sites in the same way: spreadsheets drop leading zeros. */
import { cannot } from "braid-engine";
import { coreOf, differenceOf } from "../../check/site-ids.ts";
import type { GroupPlan } from "./plan.ts";
import type { SiteStore } from "./store.ts";

const places = ["observations", "drivers", "attributes", "rows without values"] as const;
type Place = (typeof places)[number];

/** @throws if two ids are the same but for zeros that one of the tables has lost; ids with nothing but attributes are not compared. */
export function compareIds(plans: readonly GroupPlan[], sites: readonly SiteStore[]): void {
  const roles = new Map(
    plans.flatMap(({ columns }) => columns.map(({ target, role }) => [target, role] as const)),
  );
  const placesOf = ({ values, attributes }: SiteStore): Set<Place> => {
    const filled = [...values].filter(([, series]) => series.span() !== null);
    const found = filled.map(
      ([target]): Place => (roles.get(target) === "driver" ? "drivers" : "observations"),
    );
    if (attributes.size > 0) found.push("attributes");
    return new Set(found.length > 0 ? found : ["rows without values"]);
  };
  for (const same of Map.groupBy(sites, ({ site }) => coreOf(site)).values()) {
    if (same.length === 1) continue;
    const where = same.map((one) => ({ site: one.site, in: placesOf(one) }));
    if (where.every((one) => !one.in.has("observations") && !one.in.has("drivers"))) continue;
    throw differ(where);
  }
}

function differ(where: readonly { readonly site: string; readonly in: ReadonlySet<Place> }[]): Error {
  const rank = (one: (typeof where)[number]) => places.findIndex((place) => one.in.has(place));
  const [first, second] = where.toSorted((a, b) => rank(a) - rank(b));
  const digits = Math.max(...where.map(({ site }) => site.length));
  return cannot("import", "", `site ${first!.site}: ${differenceOf(first!.site, second!.site)}`, {
    facts: places.flatMap((place) => {
      const ids = where.filter((one) => one.in.has(place)).map(({ site }) => site);
      return ids.length === 0 ? [] : [[`in the ${place}`, ids.join(", ")] as const];
    }),
    hint: `Say in the mapping how many digits ids have: site_id: { from: ..., digits: ${digits} }`,
  });
}
