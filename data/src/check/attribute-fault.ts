/** What is wrong with a number among the attributes of sites: a code for "missing", an area that is none, a place that is none. */
import type { Level } from "./finding.ts";
import { missingCode } from "./missing-codes.ts";

/** What an attribute can be, in the unit of its column. */
interface Range {
  readonly least: number;
  readonly most: number;
  /** -99.9 is an ordinary value. */
  readonly anyNines?: true;
}

const areaNames = /^(catchment_|basin_|drainage_)?area(_km2|_sqkm|_gages2)?$|drain_area_(sqmi|va)$/;

/** The highest and the lowest land, in metres and in feet; all degrees, eastern ones to 360 as some archives count them. */
const ranges: readonly (readonly [names: RegExp, range: Range])[] = [
  [/^(elevation(_m)?|(gauge_)?elev(_mean)?)$/, { least: -450, most: 9000 }],
  [/^alt_va$/, { least: -1500, most: 29_500 }],
  [/^((gauge_)?lat(itude)?|dec_lat_va)$/, { least: -90, most: 90 }],
  [/^((gauge_)?(lon|lng|long|longitude)|dec_long_va)$/, { least: -180, most: 360, anyNines: true }],
  [/^(mean_)?slope(_(mean|percent|pct|deg|mkm1|m_km))?$/, { least: 0, most: Number.POSITIVE_INFINITY }],
];

/** What the name of a column says of its numbers. */
interface Named {
  readonly range: Range | undefined;
  readonly isArea: boolean;
}

/** Kept by name, because a table asks for every row. */
const known = new Map<string, Named>();

function namedBy(name: string): Named {
  let named = known.get(name);
  if (named === undefined) {
    const plain = name.toLowerCase();
    named = { range: ranges.find(([names]) => names.test(plain))?.[1], isArea: areaNames.test(plain) };
    known.set(name, named);
  }
  return named;
}

/** In a column of which nothing is known -99 may be a value (a temperature in tenths); nothing is as low as this. */
const lowest = -700;

/** A fault of a field, in words that follow the name of its column. */
export interface AttributeFault {
  readonly level: Level;
  readonly what: string;
  /** It holds a code for "missing", or may hold one. */
  readonly isCode: boolean;
}

/**
 * The fault of a number in the column `name`; null where it may be right. `value` and `text` are what the file says, `as` the
 * same in the unit of the column.
 */
export function attributeFault(name: string, value: number, text: string, as = value): AttributeFault | null {
  const { range, isArea } = namedBy(name);
  const isWithin = range !== undefined && as >= range.least && as <= range.most;
  if (isWithin && range.anyNines) return null;
  const code = missingCode(value, text, range !== undefined && as > range.most ? -Infinity : undefined);
  const isSure = value <= lowest || (range === undefined ? isArea || value > 0 : !isWithin);
  if (code !== null)
    return isSure
      ? { level: "error", what: code, isCode: true }
      : {
          level: "warning",
          what: 'may hold a code for "missing": leave the field empty if it does',
          isCode: true,
        };
  if (isArea && as <= 0)
    return { level: "error", what: "is not above 0, as an area is: leave the field empty", isCode: false };
  return range === undefined || isWithin
    ? null
    : {
        level: "warning",
        what: range.most === Infinity ? "is negative" : `is not between ${range.least} and ${range.most}`,
        isCode: false,
      };
}
