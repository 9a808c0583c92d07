/**
 * What a gauge and a logger make of a stream: measurement error, outages, records that are partial or absent.
 * NaN means not observed.
 */
import { days } from "./calendar.ts";
import { exp, round } from "./exact-math.ts";
import type { Stream } from "./random.ts";
import type { Station } from "./station.ts";

/** Until this day a partial flow record holds single measurements only; from it on a gauge. */
export const gaugedFrom = "2001-10-01";

/** Share of days with a flow measurement before the gauge. */
export const partialShare = 0.1;

/** Observed values, a number a day (spin-up included). */
export interface Observations {
  discharge_cms: Float64Array;
  temp_c: Float64Array;
}

/** Outages begin with this chance a day and last 2 to 40 days. */
function outages(random: Stream, chance: number): Uint8Array {
  const out = new Uint8Array(days.length);
  let left = 0;
  for (let i = 0; i < out.length; i++) {
    if (left === 0 && random.uniform() < chance) left = 2 + Math.floor(39 * random.uniform());
    if (left === 0) continue;
    out[i] = 1;
    left--;
  }
  return out;
}

/** Observations of true flow (mm/day) and water temperature (degrees C). */
export function observe(
  station: Station,
  flow: Float64Array,
  celsius: Float64Array,
  random: Stream,
): Observations {
  const n = days.length;
  const discharge_cms = new Float64Array(n).fill(Number.NaN);
  const temp_c = new Float64Array(n).fill(Number.NaN);
  const cmsPerMm = station.drainage_area_km2 / 86.4;
  const gaugeOut = outages(random, 0.0012);
  const loggerOut = outages(random, 0.003);
  for (let i = 0; i < n; i++) {
    const flowError = random.normal();
    const temperatureError = random.normal();
    const visited = random.uniform() < partialShare;
    const sampled = random.uniform() < 0.03;

    const gauged = station.flow_record === "daily" || days[i]!.date >= gaugedFrom;
    if (gauged ? gaugeOut[i] === 0 : visited)
      discharge_cms[i] = Math.max(0.0001, round(flow[i]! * cmsPerMm * exp(0.08 * flowError), 4));

    const logged = station.temp_record === "daily" && loggerOut[i] === 0;
    if (logged || (station.temp_record === "sparse" && sampled))
      temp_c[i] = Math.max(0, round(celsius[i]! + 0.15 * temperatureError, 1));
  }
  return { discharge_cms, temp_c };
}
