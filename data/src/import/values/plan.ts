/** A complete mapping as positions and conversions: all that the reading pass needs, with nothing left to decide. */
import { cannot } from "braid-engine";
import { type Kind, readUnit, type Unit } from "../../units/kinds.ts";
import type { DateForm } from "../files/dates.ts";
import type { Decimal } from "../files/numbers.ts";
import type { Source } from "../files/source.ts";
import { endsDay, type Guess } from "../mapping/group.ts";
import type { ColumnMapping } from "../mapping/mapping.ts";
import { type Aggregate, type Role, targets } from "../mapping/targets.ts";

/** A column of values. */
export interface ColumnPlan {
  readonly target: string;
  readonly role: Role;
  /** The name of the column; "*" for all that are not the date. */
  readonly from: string;
  /** Null for text, and for numbers that stay as they are. */
  readonly unit: Unit | null;
  readonly kind: Kind | null;
  readonly text: boolean;
  /** How values of parts of a day become one; null for one value a day. */
  readonly aggregate: Aggregate | null;
  readonly minimumShare: number;
}

/** What to read of the files of a group. */
export interface GroupPlan {
  readonly key: string;
  readonly sources: readonly Source[];
  readonly decimal: Decimal;
  readonly missing: ReadonlySet<string>;
  readonly site: { readonly from: string } | { readonly is: string } | "file name" | "header";
  /** Zeros are put before ids that have fewer; 0 for none. */
  readonly digits: number;
  /** Null for a table of attributes. */
  readonly date: {
    readonly from: string | readonly string[];
    readonly form: DateForm;
    readonly zone: string | null;
    /** All times are 24:00: days are meant, as they are written. */
    readonly endsDay: boolean;
  } | null;
  /** Whose days are meant; null if times are not needed or say themselves. */
  readonly timeZone: string | null;
  readonly columns: readonly ColumnPlan[];
}

/** Shares of a day's values below which it has no value: a sum of fewer would be too small. */
const usualShare: Readonly<Record<Aggregate, number>> = { sum: 1, mean: 0.8, min: 0.8, max: 0.8 };

/** The plan of a complete mapping. @throws for what does not fit together in it. */
export function planGroup({ group, mapping }: Guess): GroupPlan {
  const { site_id, date, ...values } = mapping.columns;
  const columns = Object.entries(values).map(([target, column]) =>
    planColumn(group.key, target, column, mapping),
  );
  const wide = columns.some(({ from }) => from === "*");
  const site =
    site_id?.is !== undefined
      ? { is: site_id.is }
      : typeof site_id?.from === "string"
        ? { from: site_id.from }
        : wide
          ? "header"
          : "file name";
  if (date?.zone !== undefined) checkZone(group.key, date.zone);
  if (mapping.time_zone !== undefined) checkZone(group.key, mapping.time_zone);
  return {
    key: group.key,
    sources: group.sources,
    decimal: mapping.decimal ?? ".",
    missing: new Set(mapping.missing ?? []),
    site,
    digits: site_id?.digits ?? 0,
    date:
      date?.from === undefined
        ? null
        : {
            from: date.from,
            form: date.format ?? "YYYY-MM-DD",
            zone: date.zone ?? null,
            endsDay: endsDay(group, date.from),
          },
    timeZone: mapping.time_zone ?? null,
    columns,
  };
}

function planColumn(
  file: string,
  target: string,
  column: ColumnMapping,
  { aggregate, minimum_share }: Guess["mapping"],
): ColumnPlan {
  const known = targets.find(({ name }) => name === target);
  const qualifiers = target.endsWith("_qualifiers");
  const role = column.role ?? known?.role ?? (qualifiers ? "observation" : undefined);
  if (role === undefined)
    throw cannot("import", file, `"${target}" is not a column that the import knows`, {
      facts: [
        [
          "known",
          targets
            .filter(({ kind }) => kind !== null)
            .map(({ name }) => name)
            .join(", "),
        ],
      ],
      hint: `For a variable of your own say what it is: ${target}: { from: ${JSON.stringify(column.from)}, role: observation }, or role: driver, or role: attribute.`,
    });
  if (typeof column.from !== "string")
    throw cannot("import", file, `the mapping does not say from which column to take ${target}`, {
      hint: `For example: ${target}: { from: Name }`,
    });
  const kind = known?.kind ?? null;
  const unit = kind === null || column.unit === undefined ? null : readUnit(column.unit, kind);
  if (kind !== null && unit === null)
    throw cannot("import", file, `"${column.unit}" is not a known unit of ${kind.words}`, {
      facts: [["known", kind.units.map(({ symbol }) => symbol).join(", ")]],
    });
  const rule = column.aggregate ?? aggregate ?? null;
  checkRule(file, target, rule, unit);
  return {
    target,
    role,
    from: column.from,
    unit,
    kind,
    text: qualifiers || (role === "attribute" && kind === null),
    aggregate: role === "attribute" ? null : rule,
    minimumShare: column.minimum_share ?? minimum_share ?? (rule === null ? 1 : usualShare[rule]),
  };
}

/** @throws if amounts are averaged, or rates added. */
function checkRule(file: string, target: string, rule: Aggregate | null, unit: Unit | null): void {
  if (rule === null || unit === null) return;
  if (rule === "sum" && !unit.amount)
    throw cannot(
      "import",
      file,
      `${target} is in ${unit.symbol}, a rate or a state: its values of a day cannot be added`,
      {
        hint: "Use aggregate: mean.",
      },
    );
  if (rule === "mean" && unit.amount)
    throw cannot(
      "import",
      file,
      `${target} is in ${unit.symbol}, an amount in an interval: the mean of a day's values is not the day's amount`,
      {
        hint: "Use aggregate: sum.",
      },
    );
}

function checkZone(file: string, zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw cannot("import", file, `"${zone}" is not a time zone`, {
      hint: "For example: UTC, Europe/Berlin, America/New_York, +01:00.",
    });
  }
}
