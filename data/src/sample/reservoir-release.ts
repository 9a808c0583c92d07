/**
 * Daily mean temperature of a deep reservoir's release: its heat was gathered under other weather, and its gates
 * draw from one depth or another. Given the season it knows nothing of the flow.
 */
import { randomStream } from "./random.ts";
import type { Station } from "./station.ts";
import { runTemperature } from "./water-temperature.ts";
import { makeWeather } from "./weather.ts";

/** Deviation of the release around the temperature of its reservoir (degrees C), and how much of it stays a day. */
const gates = { deviation: 3, persistence: 0.9 };

/** Degrees C that the surface of the reservoir never exceeds. */
const warmest = 30;

/** Water temperature (degrees C), a number a day (spin-up included), from 0 to 30; `name` is its random stream. */
export function runRelease(station: Station, name: string): Float64Array {
  const reservoir = runTemperature(station, makeWeather(station, randomStream(`${name}/weather`)), null);
  const random = randomStream(`${name}/gates`);
  const fresh = Math.sqrt(1 - gates.persistence * gates.persistence);
  let depth = 0;
  return reservoir.map((celsius) => {
    depth = gates.persistence * depth + fresh * random.normal();
    return Math.min(warmest, Math.max(0, celsius + gates.deviation * depth));
  });
}
