/** Which column of a group holds its dates, and in which form. */
import { cannot } from "braid-engine";
import {
  type DateForm,
  type DateProfile,
  dateFault,
  dateFormNames,
  guessDates,
  readDate,
} from "../files/dates.ts";
import type { ColumnProfile } from "../files/profile.ts";
import { isWaterYear, waterYear } from "../files/water-years.ts";
import { endsDay, findDate, type Guess } from "./group.ts";
import type { ColumnMapping } from "./mapping.ts";
import { question } from "./questions.ts";
import { lettersOf } from "./targets.ts";

/** Completes `date` of the mapping; a table without dates holds attributes of sites and gets none. */
export function guessDate(guess: Guess): void {
  const { mapping, group } = guess;
  const columns = group.profile.columns;
  const from = mapping.columns.date?.from ?? findDate(columns);
  const isDate = columns.some(({ name, dates }) => name === from && dates.forms.size > 0);
  const filled = columns.filter((column) => column.filled > 0).map(({ name }) => name);
  const parts = Array.isArray(from) ? from : isDate ? [] : filled;
  const odd = parts.find((name) => isWaterYear(lettersOf(name)));
  if (odd !== undefined) throw waterYear(group.key, odd);
  if (from === undefined) return;
  const date: ColumnMapping = { ...mapping.columns.date, from };
  mapping.columns.date = date;
  if (group.given.columns?.date === undefined) guess.guessed = true;
  if (Array.isArray(date.from)) {
    date.format = date.from.length === 2 ? "YYYY-DDD" : "YYYY-MM-DD";
    return;
  }
  const column = columns.find(({ name }) => name === date.from)!;
  const [example = ""] = column.texts;
  guess.comments.set("date", example);
  chooseForm(guess, column);
  checkTimes(guess, column.dates);
}

/** The form of the dates: the user's, or the only one that all values allow. */
function chooseForm(guess: Guess, { name, dates, texts }: ColumnProfile): void {
  const { mapping, group } = guess;
  const date = mapping.columns.date!;
  const [example = ""] = texts;
  if (date.format !== undefined) {
    const wrong = dates.against.get(date.format);
    if (wrong !== undefined && 2 * dates.fits.get(date.format)! <= dates.counted)
      throw cannot(
        "import",
        group.key,
        `line ${wrong.line}: ${dateFault(wrong.text, date.format)}, nor are most values of its column "${name}"`,
        { hint: `Say in the mapping which format they have: ${dateFormNames.join("; ")}` },
      );
    return;
  }
  const possible = dateFormNames.filter((form) => dates.forms.has(form));
  if (possible.length === 1) {
    checkMixed(group.key, name, dates, possible[0]!);
    date.format = possible[0];
  } else if (possible.length === 0) throw noForm(group.key, name, dates, example);
  else {
    const telling = [...texts].find((text) => new Set(possible.map((form) => spell(text, form))).size > 1);
    guess.questions.push(
      question({
        file: group.key,
        cause: `its dates may be read in ${possible.length} ways, and no value in the column "${name}" tells which`,
        facts: possible.map(
          (form) => [form, `"${telling ?? example}" is ${spell(telling ?? example, form)}`] as const,
        ),
        key: ["columns", "date", "format"],
        choices: possible,
        answer(choice) {
          date.format = choice as DateForm;
        },
      }),
    );
  }
}

function noForm(file: string, column: string, { against, fits }: DateProfile, example: string): Error {
  const none = guessDates();
  none.add(example, 0);
  if (none.forms.size === 0)
    return cannot(
      "import",
      file,
      `its column "${column}" holds "${example}", which is not a date in a known format`,
      { facts: [["known forms", dateFormNames.join("; ")]], hint: hintFor(example) },
    );
  const nearest = [...against].sort((a, b) => fits.get(b[0])! - fits.get(a[0])!).slice(0, 2);
  return cannot("import", file, `no date format fits most values of its column "${column}"`, {
    facts: [
      ["it begins with", example],
      ...nearest.map(([form, { text, line }]) => [`not ${form}`, `"${text}" in line ${line}`] as const),
    ],
    hint: "Write all dates in one format, preferably 2018-01-31.",
  });
}

function hintFor(example: string): string {
  if (/^\d{5}(\.\d+)?$/.test(example))
    return "This looks like the day number of a spreadsheet: format its column as a date there, and save it again.";
  if (/^\d{9,13}(\.\d+)?$/.test(example))
    return "This looks like seconds since 1970: write dates like 2018-01-31.";
  if (/\d\d:\d\d.*[A-Z]{2,}/i.test(example)) return "Write time zones as Z, UTC or +01:00.";
  return /^\d{1,2}[./ -](\d{1,2}|[a-z]{3,})[./ -]\d\d(\D|$)/i.test(example)
    ? "Years need four digits."
    : "Write dates like 2018-01-31.";
}

/** The form that has day and month the other way round. */
const swapped: Partial<Record<DateForm, DateForm>> = {
  "DD/MM/YYYY": "MM/DD/YYYY",
  "MM/DD/YYYY": "DD/MM/YYYY",
};

/** @throws if dates follow one another oftener where day and month are read the other way round, as that form allows. */
function checkMixed(file: string, column: string, { steps, against }: DateProfile, form: DateForm): void {
  const other = swapped[form];
  if (other === undefined || (steps.get(other) ?? 0) <= (steps.get(form) ?? 0) / 4) return;
  throw cannot(
    "import",
    file,
    `its column "${column}" seems to hold dates with the day first beside dates with the month first`,
    {
      facts: [
        [`not ${other}`, `"${against.get(other)?.text}" in line ${against.get(other)?.line}`],
        ["but", `in ${other} other dates follow one another day by day, and in ${form} they do not`],
      ],
      hint: "Spreadsheets do this when they open a file: export it again with dates like 2018-01-31, or say the format in a mapping.",
    },
  );
}

function spell(text: string, form: DateForm): string {
  const { day } = readDate(text, form)!;
  return new Date(day * 86_400_000).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

/** Several values a day need a rule; times with a zone need the zone whose days are meant. */
function checkTimes(guess: Guess, { times, zoned }: DateProfile): void {
  const { mapping, group } = guess;
  const elsewhere =
    zoned && [...times].some((minutes) => minutes !== 0) && !endsDay(group, mapping.columns.date!.from!);
  if (elsewhere && mapping.time_zone === undefined)
    guess.questions.push(
      question({
        file: group.key,
        cause: "its times have a time zone, and the zone of the sites decides the day of a value",
        facts: [
          ["for example", guess.comments.get("date")!],
          ["zones", "UTC, America/New_York, Europe/Berlin, +01:00 and the like"],
        ],
        key: ["time_zone"],
        choices: [],
        answer(choice) {
          mapping.time_zone = choice;
        },
      }),
    );
}
