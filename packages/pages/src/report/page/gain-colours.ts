/** The colours of gains: one scale for the map and for the table of sites and factors. */
import { quantiles } from "./numbers.ts";
import { palette } from "./palette.ts";

/** The colour scale of gains for Plot, with a legend, and the gain at which its colours end. */
export function gainColours(gains: readonly number[], label: string, width: number) {
  const sizes = gains.filter(Number.isFinite).map(Math.abs);
  const [middle, most] = quantiles(sizes, [0.5, 0.9]) as [number, number];
  // One site with terrible models must not take the colours from all others.
  const reach = Math.min(most, 3 * middle) || most || 0.01;
  const { better, worse, panel } = palette();
  const color = {
    type: "linear",
    ...{ domain: [-reach, 0, reach], range: [worse, panel, better], clamp: true },
    ...{ legend: true, label, width: Math.min(280, width) },
    // Room for the outermost numbers, which are centred on the ends.
    ...{ marginLeft: 18, marginRight: 18 },
  } as const;
  return { color, reach };
}
