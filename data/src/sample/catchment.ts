/**
 * Water through a catchment, a day at a time: snow, soil and groundwater stores, two linear channel reservoirs.
 * All in mm over the catchment. What falls is stored, evaporates or flows out: the balance closes (tested).
 */
import { days } from "./calendar.ts";
import { exp } from "./exact-math.ts";
import type { Station } from "./station.ts";
import { extraterrestrial, type Weather } from "./weather.ts";

/** A number a day (spin-up included): flows in mm/day, shares of that day's flow from 0 to 1, stores in mm. */
export interface Water {
  flow: Float64Array;
  evaporation: Float64Array;
  groundwaterShare: Float64Array;
  /** Snowmelt that ran off within days and is still cold. */
  meltShare: Float64Array;
  /** Snow, soil, groundwater and channel together, at the end of the day. */
  stored: Float64Array;
  snow: Float64Array;
}

/** The water of a station under its weather. */
export function runCatchment(station: Station, weather: Weather): Water {
  const n = days.length;
  const water: Water = {
    flow: new Float64Array(n),
    evaporation: new Float64Array(n),
    groundwaterShare: new Float64Array(n),
    meltShare: new Float64Array(n),
    stored: new Float64Array(n),
    snow: new Float64Array(n),
  };
  const capacity = station.soil_capacity_mm;
  const sun = extraterrestrial(station.latitude).mean;
  const channelOut = 1 - exp(-1 / station.routing_days);
  const groundwaterOut = 1 - exp(-1 / station.groundwater_days);

  let snow = 0;
  let soil = capacity / 2;
  let groundwater = 60;
  // Water in the two channel reservoirs, and how much of it is fresh snowmelt.
  let upper = 0;
  let lower = 0;
  let upperMelt = 0;
  let lowerMelt = 0;
  for (let i = 0; i < n; i++) {
    const air = (weather.tmin_c[i]! + weather.tmax_c[i]!) / 2;
    const snowShare = Math.min(1, Math.max(0, (2 - air) / 3));
    const snowfall = weather.prcp_mm[i]! * snowShare;
    const rain = weather.prcp_mm[i]! - snowfall;
    // Degree-day melt; the old snow of spring is darker, hence the sun.
    const melt = Math.min(snow, Math.max(0, air - 0.5) * (1.6 + 0.009 * weather.srad_wm2[i]!));
    snow += snowfall - melt;

    const arriving = rain + melt;
    const wetness = soil / capacity;
    let quick = arriving * wetness * wetness;
    soil += arriving - quick;
    if (soil > capacity) {
      quick += soil - capacity;
      soil = capacity;
    }
    // Oudin et al. (2005): Re / (lambda rho) (T + 5) / 100, Re in MJ/m2/day
    const potential = Math.max(0, ((sun[days[i]!.dayOfYear]! * 0.0864) / 2.45) * ((air + 5) / 100));
    const evaporation = Math.min(soil, potential * Math.min(1, soil / capacity / 0.6));
    soil -= evaporation;
    const percolation = Math.min(soil, 6 * cube(soil / capacity));
    soil -= percolation;
    groundwater += percolation;
    const baseflow = groundwater * groundwaterOut;
    groundwater -= baseflow;

    upper += quick;
    upperMelt += arriving > 0 ? (quick * melt) / arriving : 0;
    const passed = upper * channelOut;
    const passedMelt = upperMelt * channelOut;
    upper -= passed;
    upperMelt -= passedMelt;
    lower += passed;
    lowerMelt += passedMelt;
    const routed = lower * channelOut;
    const routedMelt = lowerMelt * channelOut;
    lower -= routed;
    lowerMelt -= routedMelt;

    const flow = baseflow + routed;
    water.flow[i] = flow;
    water.evaporation[i] = evaporation;
    water.groundwaterShare[i] = baseflow / flow;
    water.meltShare[i] = routedMelt / flow;
    water.stored[i] = snow + soil + groundwater + upper + lower;
    water.snow[i] = snow;
  }
  return water;
}

function cube(x: number): number {
  return x * x * x;
}
