/**
 * Daily mean water temperature from an energy balance of a reach: exchange with the air over a depth of water,
 * against the heat that flowing water brings. Depth follows the flow, and the inflow brings groundwater and snowmelt
 * at their own temperatures: what the stores of the catchment do is seen.
 */
import { days } from "./calendar.ts";
import type { Water } from "./catchment.ts";
import { power } from "./exact-math.ts";
import type { Station } from "./station.ts";
import { extraterrestrial, meanAirTemperature, type Weather } from "./weather.ts";

/**
 * Air temperature at which the reach neither warms nor cools (degrees C): sunlight warms, dry wind cools, and
 * evaporation bends the top (Mohseni et al. 1998).
 */
function equilibrium(air: number, sun: number, vapour: number, wind: number): number {
  const raw = air + 0.016 * (sun - 110) + 0.0006 * (vapour - 900) - 0.25 * (wind - 3);
  return raw > 25 ? 25 + 0.45 * (raw - 25) : raw;
}

/**
 * Water temperature (degrees C), a number a day (spin-up included), from 0 upwards. `water` is what flows through
 * the reach; null means a reach whose depth and inflow do not follow the catchment.
 */
export function runTemperature(station: Station, weather: Weather, water: Water | null): Float64Array {
  const n = days.length;
  const celsius = new Float64Array(n);
  const daylight = extraterrestrial(station.latitude).hours;
  const groundwater = Math.max(4, meanAirTemperature(station) + 1);
  let meanFlow = 0;
  if (water) for (const flow of water.flow) meanFlow += flow / n;

  let now = groundwater;
  let iceMm = 0;
  for (let i = 0; i < n; i++) {
    const air = (weather.tmin_c[i]! + weather.tmax_c[i]!) / 2;
    const sun = (weather.srad_wm2[i]! * daylight[days[i]!.dayOfYear]!) / 24;
    const target = equilibrium(air, sun, weather.vp_pa[i]!, weather.wind_ms[i]!);

    let exchange = 0.3;
    let inflow = 0;
    let inflowTemperature = 0;
    if (water) {
      const relative = power(Math.max(1e-6, water.flow[i]! / meanFlow), 0.4);
      exchange = 0.55 / Math.max(0.25, relative);
      inflow = 0.7 * relative;
      const base = water.groundwaterShare[i]!;
      const surface = 1 - base - water.meltShare[i]!;
      inflowTemperature = base * groundwater + surface * Math.max(0, air);
    }
    // Implicit step, stable and bounded: T = (T + a Te + b Ti) / (1 + a + b)
    let next = (now + exchange * target + inflow * inflowTemperature) / (1 + exchange + inflow);
    // Frost turns into ice, and ice must melt before the water warms.
    const surplus = next - 0.4 * iceMm;
    iceMm = Math.min(25, Math.max(0, -surplus / 0.4));
    next = Math.max(0, surplus);
    celsius[i] = next;
    now = next;
  }
  return celsius;
}
