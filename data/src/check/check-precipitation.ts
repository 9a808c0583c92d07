/** Whether a model of flow gets precipitation, without which it cannot know when the river rises. */
import { isPrecipitation } from "./units-of.ts";

/**
 * A warning if no driver of a model of `flow` is precipitation by its name; null if one is. `available` are the columns of the
 * drivers' file, those that the config does not use among them.
 */
export function lacksPrecipitation(
  flow: string,
  drivers: readonly string[],
  available: readonly string[] = drivers,
): string | null {
  if (drivers.some(isPrecipitation)) return null;
  const there = available.filter(isPrecipitation);
  const mend =
    there.length === 0
      ? "add a column such as prcp_mm, or check the names of the columns"
      : `the file has ${there.join(", ")}: add it to \`drivers\` of the config`;
  return `${flow} is flow, and no driver is precipitation by its name (${drivers.join(", ")}): ${mend}`;
}
