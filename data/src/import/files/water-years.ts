/** Years that do not begin in January: dates made of them would be months off, and all of them would exist. */
import { cannot } from "braid-engine";
import { type Day, formatDay } from "../../tables/day.ts";

const yearNames =
  /^(wy|wtryr|(water|hydro|hydrologic|hydrological|discharge)(yr|year)|abflussjahr|wasserjahr)$/;
const dayNames =
  /^(wyd|wyday|dowy|wydoy|doywy|(day|dayof|dayofthe)(wy|water|wateryear|hydrologicyear|hydrologicalyear)|wateryearday|waterday)$/;

const hint = "Write a column of dates like 2018-01-31.";

/** Whether a name, by its letters, says a year or a day that counts from another month than January. */
export function isWaterYear(letters: string): boolean {
  return yearNames.test(letters) || dayNames.test(letters);
}

/** The error for a column of dates that is one. */
export function waterYear(file: string, name: string): Error {
  return cannot("import", file, `its column "${name}" counts from another month than January`, {
    hint: `A date made of it would be months off. ${hint}`,
  });
}

/** Watches the days of each site of a file as they come. @throws if a December is followed by the January before it. */
export function watchYears(file: string): (site: string, day: Day, line: number) => void {
  const last = new Map<string, Day>();
  return (site, day, line) => {
    const before = last.get(site);
    last.set(site, day);
    if (before === undefined || day > before) return;
    const [one, next] = [formatDay(before), formatDay(day)];
    if (one.slice(0, 7) !== `${next.slice(0, 4)}-12` || next.slice(5, 7) !== "01") return;
    throw cannot(
      "import",
      file,
      `line ${line}: ${next} follows ${one}, as in years that begin in another month`,
      {
        hint: `Dates made of water years would be months off. ${hint}`,
      },
    );
  };
}
