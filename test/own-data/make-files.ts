/**
 * Two files as a newcomer may have them: SYNTHETIC flow, water temperature and weather of five made-up gauges, under foreign
 * names, in other units, with other dates. The same bytes on every machine.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";

const gauges = ["0021", "0034", "0107", "0155", "0208"];
const first = parseDay("2001-10-01")!;
const last = parseDay("2009-09-30")!;

/** Writes pegel.csv (semicolons, decimal commas, cubic feet, Fahrenheit) and wetter.csv (tabs, other dates). */
export function makeFiles(folder: string): void {
  let flows = "Pegelnummer;Datum;Q_cfs;Wassertemperatur (°F);Bemerkung;synthetic\n";
  let weather = "Stationsnummer\tTag\tNiederschlag [mm]\tTmin °C\tTmax °C\tGlobalstrahlung [MJ/m²/d]\n";
  for (const [at, gauge] of gauges.entries()) {
    const random = randomNumbers(at + 1);
    let storage = 40;
    let water = 8;
    for (let day = first; day <= last; day++) {
      // A triangle between -1 in January and 1 in July stands for the season.
      const season = 1 - Math.abs(((((day - first) % 365.25) / 365.25 - 0.79 + 1.5) % 1) - 0.5) * 4;
      const air = 9 + 10 * season + 4 * (random() - 0.5);
      const rain = random() < 0.4 ? 18 * random() * random() : 0;
      storage = storage * (0.93 - 0.005 * at) + rain;
      water = 0.8 * water + 0.2 * Math.max(0, air - 0.02 * storage);
      const sun = 12 + 8 * season - (rain > 0 ? 3 : 0);
      const [year, month, date] = formatDay(day).split("-");
      const flow = (day - first) % 97 === 96 ? "-999" : comma(0.8 * (at + 1) * storage, 1);
      flows += `${gauge};${date}.${month}.${year};${flow};${comma(water * 1.8 + 32, 1)};;1\n`;
      weather += `${gauge}\t${year}${month}${date}\t${rain.toFixed(1)}\t${(air - 4).toFixed(1)}\t${(air + 4).toFixed(1)}\t${sun.toFixed(2)}\n`;
    }
  }
  writeFileSync(join(folder, "pegel.csv"), flows);
  writeFileSync(join(folder, "wetter.csv"), weather);
}

function comma(value: number, decimals: number): string {
  return value.toFixed(decimals).replace(".", ",");
}

/** Numbers in [0, 1) of a linear congruential generator (Park and Miller 1988): whole numbers, exact everywhere. */
function randomNumbers(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
