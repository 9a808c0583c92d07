/** Decides whether a column has only one value, for the checks and for the scaling in a run. */

/** Below this share of the mean, a standard deviation is rounding noise. */
const tolerance = 1e-8;

/** True if values with this mean and standard deviation are all equal; works in any unit, such as rain in m/s. */
export function isConstant(mean: number, std: number): boolean {
  return std <= tolerance * Math.abs(mean);
}
