/**
 * Daily weather at a point from latitude, elevation and storm climate: a stochastic weather generator after
 * Richardson (1981): a two-state chain of wet and dry days, exponential storm depths, first-order
 * autoregressive anomalies. Numbers are rounded as they are written: the stream sees exactly the drivers given.
 */
import { days } from "./calendar.ts";
import { cos, exp, log, round, sin } from "./exact-math.ts";
import type { Stream } from "./random.ts";
import type { Station } from "./station.ts";

/** The drivers of one station, a number a day (spin-up included); the names are the columns of the file. */
export interface Weather {
  prcp_mm: Float64Array;
  tmin_c: Float64Array;
  tmax_c: Float64Array;
  /** Mean over the hours of daylight, as in Daymet. */
  srad_wm2: Float64Array;
  vp_pa: Float64Array;
  wind_ms: Float64Array;
}

const twoPi = 2 * Math.PI;

/** +1 in the warmest days of the year (around 20 July), -1 in the coldest. */
export function warmth(dayOfYear: number): number {
  return cos((twoPi * (dayOfYear - 201)) / 365.25);
}

/** Sunlight above the atmosphere on each day of the year at a latitude: mean over 24 h (W/m2) and hours of day. */
export function extraterrestrial(latitude: number): { mean: Float64Array; hours: Float64Array } {
  const mean = new Float64Array(367);
  const hours = new Float64Array(367);
  const phi = (latitude * twoPi) / 360;
  const steps = 144;
  const hourCosines = Array.from({ length: steps }, (_, i) => cos((twoPi * (i + 0.5)) / steps));
  for (let day = 1; day <= 366; day++) {
    const declination = 0.409 * sin((twoPi * day) / 365 - 1.39); // FAO 56, equation 24
    const distance = 1 + 0.033 * cos((twoPi * day) / 365); // FAO 56, equation 23
    const a = sin(phi) * sin(declination);
    const b = cos(phi) * cos(declination);
    let sum = 0;
    let lit = 0;
    for (const hourCosine of hourCosines) {
      const height = a + b * hourCosine;
      if (height <= 0) continue;
      sum += height;
      lit++;
    }
    mean[day] = (1367 * distance * sum) / steps;
    hours[day] = (24 * lit) / steps;
  }
  return { mean, hours };
}

/** Saturation vapour pressure over water (Pa) at a temperature (degrees C): FAO 56, equation 11. */
export function saturationPressure(celsius: number): number {
  return 610.8 * exp((17.27 * celsius) / (celsius + 237.3));
}

/** Mean annual air temperature (degrees C): falls with latitude and, by 5.5 degrees a kilometre, with height. */
export function meanAirTemperature(station: Station): number {
  return 24 - 0.92 * (station.latitude - 28) - 0.0055 * station.elevation_m + 4 * nearPacific(station);
}

/** From 0, inland, to 1 on the coast, where winters are mild and summers cool. */
function nearPacific({ longitude }: Station): number {
  return Math.min(1, Math.max(0, (-118 - longitude) / 5));
}

/** The weather of a station on every day of the calendar. */
export function makeWeather(station: Station, random: Stream): Weather {
  const n = days.length;
  const weather: Weather = {
    prcp_mm: new Float64Array(n),
    tmin_c: new Float64Array(n),
    tmax_c: new Float64Array(n),
    srad_wm2: new Float64Array(n),
    vp_pa: new Float64Array(n),
    wind_ms: new Float64Array(n),
  };
  const { latitude, mean_prcp_mm_year, winter_storms } = station;
  const sun = extraterrestrial(latitude);
  const annualMean = meanAirTemperature(station);
  const amplitude = (6.5 + 0.42 * (latitude - 28)) * (1 - 0.4 * nearPacific(station));

  const wetShare = Math.min(0.55, 0.14 + mean_prcp_mm_year / 4500);
  const persistence = 0.3;
  const wetDepth = mean_prcp_mm_year / 365.25 / wetShare;

  let wet = false;
  let anomaly = 0;
  let slowAnomaly = 0;
  let gust = 0;
  for (let i = 0; i < n; i++) {
    const dayOfYear = days[i]!.dayOfYear;
    const season = warmth(dayOfYear);

    wet = random.uniform() < wetShare * (1 - persistence) + (wet ? persistence : 0);
    let depth = 0;
    if (wet) {
      const heavy = random.uniform() < 0.12;
      depth = -log(random.uniform()) * (heavy ? 2.2 : 0.836) * wetDepth * (1 - 0.8 * winter_storms * season);
    }
    weather.prcp_mm[i] = round(depth, 1);

    // Weather systems last days, odd seasons last months; winters vary more than summers.
    const spread = (2.2 + 0.07 * (latitude - 25)) * (1 - 0.3 * season) * (1 - 0.3 * nearPacific(station));
    anomaly = 0.72 * anomaly + 0.694 * spread * random.normal();
    slowAnomaly = 0.985 * slowAnomaly + 0.1725 * random.normal();
    const mean = annualMean + amplitude * season + anomaly + slowAnomaly + (wet ? 0.3 - 1.5 * season : 0);
    const range = Math.max(2, (wet ? 7 : 12.5) + 1.5 * season + 1.8 * random.normal());
    weather.tmin_c[i] = round(mean - range / 2, 2);
    weather.tmax_c[i] = round(mean + range / 2, 2);

    const clearness = Math.min(0.78, Math.max(0.12, (wet ? 0.36 : 0.66) + 0.08 * random.normal()));
    weather.srad_wm2[i] = round((clearness * sun.mean[dayOfYear]! * 24) / sun.hours[dayOfYear]!, 2);

    const dewPoint = mean - range / 2 - (wet ? 0 : 2.5) + 0.8 * random.normal();
    weather.vp_pa[i] = round(saturationPressure(dewPoint), 1);

    gust = 0.5 * gust + 0.866 * random.normal();
    weather.wind_ms[i] = round(0.3 + 2.9 * (1 - 0.15 * season) * exp(0.32 * gust), 1);
  }
  return weather;
}
