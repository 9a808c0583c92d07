/**
 * Recognises numbers that mean "missing", in any column: NetCDF and GRIB fill values, and the codes of USGS, HYDAT, GRDC,
 * GHCN, Daymet and ERA5, also after somebody converted them like values.
 */
import { cmsPerCfs, metresPerFoot } from "../tables/units.ts";

/** No observation in any unit is as large: fill values are 9.97e36, 3.4e38, 1e20, -9.2e18, -1.23e25. */
const beyondAll = 1e18;

/** The limits of integer types, which NetCDF and packed files use. */
const typeLimits = new Set([-32_767, -32_768, -2_147_483_647, -2_147_483_648, 2_147_483_647, 4_294_967_295]);

/** Negative numbers of one repeated digit: -99, -999.9, -9999, -888, -7777; and -6999. */
const repeatedDigit = /^-(9{2,}(\.9+)?|8{3,}(\.8+)?|7{3,}(\.7+)?|6{4,}|[678]999)$/;

/** The same above 0, which may be a value: a code only beyond the limit of the column. */
const repeatedNine = /^(9{3,}(\.9+)?|99\.9+)$/;

/** Values nearer to 0 are not codes; most values end here. */
const nearest = 98;

/** Conversions that archives apply to codes too. */
const conversions: readonly (readonly [words: string, convert: (code: number) => number])[] = [
  ["cubic feet to cubic metres", (code) => code * cmsPerCfs],
  ["cubic metres to cubic feet", (code) => code / cmsPerCfs],
  ["inches to millimetres", (code) => code * 25.4],
  ["feet to metres", (code) => code * metresPerFoot],
  ["metres to feet", (code) => code / metresPerFoot],
  ["kelvin to degrees Celsius", (code) => code - 273.15],
  ["degrees Celsius to kelvin", (code) => code + 273.15],
  ["degrees Fahrenheit to Celsius", (code) => (code - 32) / 1.8],
  ["degrees Celsius to Fahrenheit", (code) => code * 1.8 + 32],
  ["MJ to W", (code) => code / 0.0864],
  ["W to MJ", (code) => code * 0.0864],
  ["hours to days", (code) => code * 24],
  ["seconds to days", (code) => code * 86_400],
  ["times 10", (code) => code * 10],
  ["times 100", (code) => code * 100],
  ["times 1000", (code) => code * 1000],
];

/** Converted codes, without those that could be tidal flow. */
const converted = [-999, -9999, -99_999, -999_999, -32_767, -32_768]
  .flatMap((code) => conversions.map(([words, convert]) => ({ code, words, value: convert(code) })))
  .filter(({ value }) => value <= -500);

/**
 * Why a number means "missing", in words that follow the name of its column; null if it does not. `most` is the greatest
 * possible value of the column, if known.
 */
export function missingCode(value: number, text: string, most = Number.POSITIVE_INFINITY): string | null {
  if (value > -nearest && value < beyondAll && value <= most) return null;
  const plain = 'holds a code for "missing": leave the field empty';
  if (Math.abs(value) >= beyondAll || typeLimits.has(value) || repeatedDigit.test(String(value)))
    return plain;
  if (value > most) return repeatedNine.test(String(value)) ? plain : null;
  const found = converted.find((one) => Math.abs(one.value - value) <= rounding(text, one.value));
  return found === undefined
    ? null
    : `holds a code for "missing" after a conversion of units (${found.code}, ${found.words}): leave the field empty`;
}

/** The largest error from rounding to the decimals of a text, capped so that neighbouring codes stay distinct. */
function rounding(text: string, value: number): number {
  const point = text.indexOf(".");
  const half = 0.5 * 10 ** (point < 0 ? 0 : point + 1 - text.length);
  return Math.abs(value) * (/e/i.test(text) ? 1e-6 : Math.min(1e-4, 1e-9 + half / Math.abs(value)));
}
