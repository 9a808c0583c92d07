/** Conversions between the units of the sources and those of a data folder. */

/** One cubic foot per second in cubic metres per second, exactly (0.3048 m a foot). */
export const cmsPerCfs = 0.028316846592;

/** One square mile in square kilometres, exactly (1609.344 m a mile). */
export const km2PerSquareMile = 2.589988110336;

/** One foot in metres, exactly. */
export const metresPerFoot = 0.3048;

/** A flow of `depth` mm a day over `area` km2, in m3/s: mm/d x 1e-3 m/mm x km2 x 1e6 m2/km2 / 86,400 s/d. */
export function cmsOfDepth(depth: number, area: number): number {
  return (depth * area) / 86.4;
}
