/** For tests: the days of a synthetic basin, for files in the layouts of published data sets. SYNTHETIC: it says nothing of rivers. */
import { randomStream } from "../sample/random.ts";
import { formatDay, parseDay } from "../tables/day.ts";

/** A day; flow is NaN on the first ten days. */
export interface BasinDay {
  readonly date: string;
  /** mm a day. */
  readonly rain: number;
  readonly pet: number;
  readonly flow: number;
  /** Degrees Celsius. */
  readonly tmean: number;
  readonly tmin: number;
  readonly tmax: number;
  /** W/m2. */
  readonly sunlight: number;
  readonly longwave: number;
  /** Pa, g/kg, m/s. */
  readonly vapour: number;
  readonly humidity: number;
  readonly wind: number;
}

/** The days of a basin from `from` on: rain into a store that runs off by a twentieth a day, and evaporates. */
export function syntheticBasin(id: string, from: string, days: number): BasinDay[] {
  const { uniform, normal } = randomStream(`layouts/${id}`);
  const first = parseDay(from)!;
  let store = 40;
  return Array.from({ length: days }, (_, i) => {
    const summer = 0.5 - 0.5 * Math.cos((2 * Math.PI * (first + i - 15)) / 365.25);
    const rain = uniform() < 0.4 ? -6 * Math.log(uniform()) : 0;
    const tmean = 2 + 15 * summer + 2 * normal();
    const pet = 0.3 + 3 * summer;
    const runoff = store / 20;
    store = Math.max(0, store + rain - runoff - Math.min(pet, store / 30));
    return {
      date: formatDay(first + i),
      rain: round(rain),
      pet: round(pet),
      flow: i < 10 ? Number.NaN : round(runoff),
      tmean: round(tmean),
      tmin: round(tmean - 4),
      tmax: round(tmean + 5),
      sunlight: round(60 + 180 * summer + 10 * uniform()),
      longwave: round(280 + 60 * summer),
      vapour: round(500 + 900 * summer),
      humidity: round(4 + 5 * summer),
      wind: round(2 + 2 * uniform()),
    };
  });
}

function round(value: number): number {
  return Number(value.toFixed(2));
}
