/**
 * Completes the mapping of files of one header: what the user's mapping does not say is guessed from names, units and values.
 * What cannot be known becomes a question; nothing is chosen between two possible readings of the same values.
 */
import { cannot, nearest } from "braid-engine";
import { type Decimal, decimalOf, doubtfulThousand, type NumberForm } from "../files/numbers.ts";
import { isNumeric, numberForms } from "../files/profile.ts";
import type { Source } from "../files/source.ts";
import type { FileGroup, Guess } from "./group.ts";
import { guessDate } from "./guess-date.ts";
import { guessParts } from "./guess-parts.ts";
import { guessSite } from "./guess-site.ts";
import { guessVariables } from "./guess-variables.ts";
import type { FileMapping } from "./mapping.ts";
import { question } from "./questions.ts";

/** Guesses what the mapping of a group does not say. @throws if a column that no import does without is not there. */
export function guessMapping(group: FileGroup): Guess {
  const { given, sources } = group;
  const guess: Guess = {
    group,
    mapping: { ...given, columns: structuredClone(given.columns ?? {}) },
    comments: new Map(),
    questions: [],
    ignored: [],
    leftOut: new Map(),
    notes: [],
    guessed: false,
  };
  const [source] = sources as [Source];
  if (source.dialect !== null) {
    guess.mapping.separator = source.dialect.separator as NonNullable<FileMapping["separator"]>;
    if (source.dialect.encoding !== "utf-8") guess.mapping.encoding = source.dialect.encoding;
    guessDecimal(guess);
  } else {
    guess.mapping.decimal = ".";
    checkStoredTexts(group);
  }
  guessDate(guess);
  guessSite(guess);
  guessVariables(guess);
  guessParts(guess);
  return guess;
}

/** @throws if the user's mapping names a column that the files do not have. */
export function checkColumns(file: string, given: FileMapping, columns: readonly string[]): void {
  for (const [target, { from }] of Object.entries(given.columns ?? {}))
    for (const name of [from ?? []].flat())
      if (name !== "*" && !columns.includes(name))
        throw cannot(
          "import",
          file,
          `the mapping takes ${target} from a column "${name}", and there is none of that name`,
          {
            facts: [["columns", columns.join(", ")]],
            hint: `Did you mean "${nearest(name, columns, 1)[0]}"? If the file has changed since the mapping was written, correct it or delete it.`,
          },
        );
}

function guessDecimal(guess: Guess): void {
  const { mapping, group } = guess;
  if (mapping.decimal !== undefined) return;
  const { columns } = group.profile;
  const german = columns.some(({ filled, dates }) => filled > 0 && dates.forms.has("DD.MM.YYYY"));
  const found = decimalOf(numberForms(columns), german || mapping.separator === ";");
  if ("decimal" in found) {
    mapping.decimal = found.decimal;
    checkThousands(group, found.decimal);
  } else if ("mixed" in found)
    throw cannot(
      "import",
      group.key,
      `some numbers have a decimal comma and others a decimal point: "${found.mixed[0]}" and "${found.mixed[1]}"`,
      {
        hint: "Write all of them with the same decimal sign.",
      },
    );
  else {
    const sign = found.ambiguous.includes(",") ? "comma" : "point";
    guess.questions.push(
      question({
        file: group.key,
        cause: `"${found.ambiguous}" has a decimal ${sign}, or a ${sign} between thousands`,
        key: ["decimal"],
        choices: ['","', '"."'],
        answer(choice) {
          mapping.decimal = choice.replaceAll('"', "") as "." | ",";
        },
      }),
    );
  }
}

/** @throws if a thousands separator in a column may be a typing error. */
function checkThousands({ key, profile }: FileGroup, decimal: Decimal): void {
  for (const column of profile.columns) {
    const doubt = isNumeric(column) ? doubtfulThousand(column.seen, decimal) : null;
    if (doubt === null) continue;
    const [thousand, other] = doubt;
    throw cannot(
      "import",
      key,
      `"${thousand}" in its column "${column.name}" may have a thousands separator or a typing error: other numbers have decimals, such as "${other}", and none has both`,
      {
        hint: `If it is an error, correct it. If it is a separator, name the decimal sign in a mapping (--mapping FILE):\n    files: { ${JSON.stringify(key)}: { decimal: "${decimal}" } }`,
      },
    );
  }
}

/** @throws if Parquet stores numbers as texts in a form that its numbers do not have. */
function checkStoredTexts({ key, profile, sources }: FileGroup): void {
  for (const column of profile.columns) {
    if (!isNumeric(column) || sources.some(({ numeric }) => numeric.has(column.name))) continue;
    const odd = [...column.seen].find(([form]) => !plainForms.has(form))?.[1];
    if (odd === undefined) continue;
    throw cannot("import", key, `its column "${column.name}" stores numbers as texts, such as "${odd}"`, {
      hint: "Store them as numbers, or as texts with a decimal point and no signs between thousands.",
    });
  }
}

const plainForms: ReadonlySet<NumberForm> = new Set(["plain", "point", "single point group"]);
