/** What an import leaves out on its way, and the notes that tell its user: fields with codes for "missing", sites with faults. */
import { BraidError } from "braid-engine";
import { count } from "braid-engine/quantities";

/** What was left out so far. */
export interface LeftOut {
  /** How often a field was left empty, by what it held: "temp_c: -999 is a code for "missing"". */
  readonly fields: Map<string, number>;
  /** Sites whose flow is a depth on a basin of unknown area: the error for it. */
  readonly withoutArea: Map<string, Error>;
  /** Sites with rows that cannot be read: the first error, and how many rows or fields have one. */
  readonly faults: Map<string, Fault>;
  /** How often rain was too little to measure. */
  traces: number;
  /** Stop at the first fault of a site. */
  readonly strict: boolean;
}

/** Why a site cannot be imported. */
export interface Fault {
  readonly error: Error;
  times: number;
}

/** Nothing is left out yet. */
export function leaveOutNothing(strict: boolean): LeftOut {
  return { fields: new Map(), withoutArea: new Map(), faults: new Map(), traces: 0, strict };
}

/** Records why a site cannot be imported. @throws the error if the import is strict, or if it is a fault of no row. */
export function failSite({ faults, strict }: LeftOut, site: string, error: unknown): void {
  if (strict || !(error instanceof BraidError)) throw error;
  const known = faults.get(site);
  if (known === undefined) faults.set(site, { error, times: 1 });
  else known.times++;
}

/** Counts a field of the column `target` that is left empty. */
export function countEmpty(
  { fields }: LeftOut,
  target: string,
  text: string,
  why = 'is a code for "missing"',
): void {
  const key = `${target}: ${text} ${why}`;
  fields.set(key, (fields.get(key) ?? 0) + 1);
}

/** What a user must know of all this. */
export function leftOutNotes({ fields, withoutArea, faults, traces }: LeftOut): string[] {
  const notes = [...fields].map(
    ([what, times]) => `${what}, ${times === 1 ? "once" : `${times} times`}; the field is left empty`,
  );
  if (traces > 0)
    notes.push(
      `prcp_mm: -1, which means less than 0.05 mm in KNMI tables, is read as 0 (${count(traces, "time")})`,
    );
  if (withoutArea.size > 0)
    notes.push(
      `Left out, because their flow is a depth (mm/d) and the area of their basin is not known: ${[...withoutArea.keys()].join(", ")}`,
    );
  return [...notes, ...faultNotes(faults)];
}

/** So many faults are told one by one, and so many hints. */
const faultsTold = 10;
const hintsTold = 3;

function faultNotes(faults: LeftOut["faults"]): string[] {
  if (faults.size === 0) return [];
  const lines = [...faults].slice(0, faultsTold).map(([site, { error, times }]) => {
    const cause = error.message.split("\n")[0]!.replace(/^Cannot import:? /, "");
    return `  ${site}: ${cause}${times === 1 ? "" : `; and ${count(times - 1, "more fault")}`}`;
  });
  const rest = [...faults.keys()].slice(faultsTold);
  if (rest.length > 0) lines.push(`  and for the same reasons: ${rest.join(", ")}`);
  const hints = new Set(
    [...faults.values()].flatMap(({ error }) => error.message.split("\n").slice(1).at(-1) ?? []),
  );
  return [
    [
      `Left out, ${count(faults.size, "site")} with rows that cannot be read. Mend them and import again (--strict stops at the first):`,
      ...lines,
      ...[...hints].slice(0, hintsTold),
    ].join("\n"),
  ];
}
