/** Whether a column has one value: the decision of the checks and of the scaling in a run. */

/** Below this share of the mean a standard deviation is rounding noise. */
const tolerance = 1e-8;

/** Whether values of this mean and standard deviation are one value; in any unit, rain in metres a second too. */
export function isConstant(mean: number, std: number): boolean {
  return std <= tolerance * Math.abs(mean);
}
