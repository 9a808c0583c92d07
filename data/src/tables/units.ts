/** Conversions between the units of the sources and those of a data folder. */

/** One cubic foot per second in cubic metres per second, exactly (0.3048 m a foot). */
export const cmsPerCfs = 0.028316846592;

/** One square mile in square kilometres, exactly (1609.344 m a mile). */
export const km2PerSquareMile = 2.589988110336;

/** One foot in metres, exactly. */
export const metresPerFoot = 0.3048;
