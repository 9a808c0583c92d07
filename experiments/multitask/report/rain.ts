/** The precipitation that the report draws above a hydrograph. */
import { isPrecipitation } from "@braid/data/check";

/** The first driver that is precipitation; null if none is. */
export function rainAmong(drivers: readonly string[]): string | null {
  return drivers.find(isPrecipitation) ?? null;
}
