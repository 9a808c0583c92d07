/** What a client of a USGS service gives: addresses to ask, and answers as a station and series of daily means. */
import { cannot } from "braid-engine";
import type { Pages } from "./http.ts";
import type { Parameter } from "./parameters.ts";

/** What the USGS writes for "no value", whether or not an answer says so; -999 may be a flow (tides). */
export const noValue = -999_999;

/** What is known of a station. */
export interface Station {
  readonly site_id: string;
  readonly name: string;
  readonly latitude: number;
  readonly longitude: number;
  /** NaN where the service has none. */
  readonly elevation_m: number;
  readonly drainage_area_km2: number;
  readonly huc: string;
}

/**
 * A day of a series: NaN where the service has no number; the codes beside it (A approved, P provisional, e
 * estimated, Ice, and others as they come).
 */
export interface DailyValue {
  readonly value: number;
  readonly qualifiers: readonly string[];
}

/** One series of daily values, of one sensor or method. */
export interface DailySeries {
  readonly parameter: string;
  readonly statistic: string;
  /** As the service writes it; discharge is in cubic feet per second, water temperature in degrees C, always. */
  readonly unit: string;
  readonly method: string;
  readonly values: ReadonlyMap<string, DailyValue>;
}

/** The values of a series by day. @throws for a day with two different values: neither is known to be right. */
export function byDay(
  days: readonly (readonly [date: string, value: DailyValue])[],
): Map<string, DailyValue> {
  const values = new Map<string, DailyValue>();
  for (const [date, value] of days) {
    const known = values.get(date);
    if (known !== undefined && !Object.is(known.value, value.value))
      throw cannot("read", "daily values", `${date} has two values, ${known.value} and ${value.value}`);
    values.set(date, value);
  }
  return values;
}

/** One version of the USGS services; `base` is its address from the config. */
export interface UsgsService {
  /** What the answer about a station is stored as. */
  readonly siteFile: "site.rdb" | "site.json";
  /** What to tell a user whose requests are refused or lead elsewhere. */
  readonly whenGone: string;
  /** The hint for a user who sent too many requests. */
  whenLimited?(): string;
  /** How to follow and join pages of daily values; absent if an answer has one page. */
  readonly pages?: Pages;
  /** Headers of every request. */
  headers?(): Readonly<Record<string, string>>;
  /** The address of a station's description. */
  siteUrl(base: string, site: string): string;
  /** The address of a station's daily values, ISO dates inclusive; by default of flow and water temperature. */
  dailyUrl(base: string, site: string, from: string, to: string, parameters?: readonly Parameter[]): string;
  /** @throws if the text is no whole answer; cheap next to `parseStation`, and true of every station. */
  checkStation(text: string): void;
  /** The station of an answer. @throws if the answer does not have it, or no coordinates. */
  parseStation(text: string, site: string): Station;
  /**
   * The daily values in an answer; a series without any value, or of no parameter asked for, is left out.
   * @throws for text that is no whole answer, and for flow or water temperature in another unit.
   */
  parseDailyValues(text: string, site: string, parameters?: readonly Parameter[]): DailySeries[];
}
