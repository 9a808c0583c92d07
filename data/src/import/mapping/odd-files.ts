/** Files of one header that are written in another way than most of them: their dates in another form, another decimal sign. */
import { type DateForm, dateFormNames } from "../files/dates.ts";
import type { Decimal, NumberForm } from "../files/numbers.ts";
import { type ColumnProfile, isNumeric, type Profile } from "../files/profile.ts";

/** Which of the files to judge alone, by their numbers. `dates`, `decimals`: whether a mapping leaves these open. */
export function oddFiles(
  { columns }: Profile,
  date: string | string[] | undefined,
  open: { readonly dates: boolean; readonly decimals: boolean },
): ReadonlySet<number> {
  const column = open.dates ? columns.find(({ name }) => name === date) : undefined;
  return new Set([
    ...(column === undefined ? [] : oddDates(column)),
    ...(open.decimals ? oddDecimals(columns.filter(isNumeric)) : []),
  ]);
}

/** Files whose dates do not fit the form of most files, and files whose dates fit two forms that other files have. */
function oddDates({ files }: ColumnProfile): number[] {
  const forms = files.map(({ dates }) => (dates.counted === 0 ? new Set<DateForm>() : dates.forms));
  const sure = new Set(forms.flatMap((some) => (some.size === 1 ? [...some] : [])));
  const usual = mostCommon(
    forms.flatMap((some) => (some.size === 1 ? [...some] : [])),
    dateFormNames,
  );
  if (usual === undefined) return [];
  return [...forms.keys()].filter((at) => {
    const some = forms[at]!;
    const likely = [...some].filter((form) => sure.has(form));
    return some.size > 0 && (!some.has(usual) || likely.length > 1);
  });
}

/** Files whose numbers have another decimal sign than those of most files, or may have: 1.234 where others have 0,5. */
function oddDecimals(columns: readonly ColumnProfile[]): number[] {
  const files = columns[0]?.files ?? [];
  const seen = [...files.keys()].map((at) => columns.flatMap((column) => [...column.files[at]!.seen.keys()]));
  const signs = seen.map(signOf);
  const usual = mostCommon(
    signs.filter((sign) => sign !== null),
    [".", ","] as const,
  );
  if (usual === undefined) return [];
  const group = usual === "," ? "single point group" : "comma group";
  return [...signs.keys()].filter((at) =>
    signs[at] === null ? seen[at]!.includes(group) : signs[at] !== usual,
  );
}

/** The decimal sign that numbers of these forms have for certain; null where none or both are seen. */
function signOf(seen: readonly NumberForm[]): Decimal | null {
  const has = (...forms: NumberForm[]) => forms.some((form) => seen.includes(form));
  const point = has("point", "commas before a point");
  const comma = has("comma", "points before a comma", "spaced comma");
  return point === comma ? null : point ? "." : ",";
}

function mostCommon<T>(values: readonly T[], order: readonly T[]): T | undefined {
  const count = (one: T) => values.filter((value) => value === one).length;
  return order.filter((one) => values.includes(one)).sort((a, b) => count(b) - count(a))[0];
}
