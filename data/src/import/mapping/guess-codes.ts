/**
 * Which columns hold codes of quality beside values (A, P, Ice), and of which variable. An observed variable keeps its codes; a
 * column of codes whose variable is not known, or is a driver, is left out, and a note says so.
 */
import { type ColumnProfile, isNumeric } from "../files/profile.ts";
import { type Guess, isBare, valueColumns } from "./group.ts";
import { quoted } from "./questions.ts";
import { recognise } from "./recognise.ts";
import { archiveColumn, codeName, lettersOf, type Role, targets } from "./targets.ts";

/** A variable of the mapping, or one that a name stands for. */
interface Owner {
  readonly target: string;
  readonly role: Role;
}

/** Codes of one variable are few; a column of more texts holds remarks. */
const mostCodes = 500;

/** Adds the columns of codes to the mapping where it leaves the variables open, and notes those that are left out. */
export function guessCodes(guess: Guess): void {
  const { mapping, group, notes } = guess;
  // A second pass says anew what the first said of codes.
  notes.splice(0, notes.length, ...notes.filter((note) => !note.startsWith(aboutCodes(guess))));
  const mayAdd = isBare(group.given.columns);
  const owned = new Map<string, ColumnProfile[]>();
  const taken = new Set(Object.values(mapping.columns).map(({ from }) => from));
  for (const column of valueColumns(guess)) {
    if (taken.has(column.name) || codeName(column.name) === null || column.texts.size > mostCodes) continue;
    const found = ownerOf(guess, column);
    if (found === null) continue;
    if (typeof found === "string") notes.push(leftOut(guess, column, found));
    else if (found.role !== "observation")
      notes.push(
        leftOut(guess, column, `they are those of ${found.target}, and only observations have codes`),
      );
    else owned.set(found.target, [...(owned.get(found.target) ?? []), column]);
  }
  for (const [target, [column, ...more]] of owned) {
    const own = `${target}_qualifiers`;
    const hint = (name: string) => `to keep them, write ${own}: ${quoted(name)} into the mapping`;
    if (own in mapping.columns) continue;
    if (more.length > 0)
      for (const one of [column!, ...more])
        notes.push(leftOut(guess, one, `${target} has several columns of codes; ${hint(one.name)}`));
    else if (mayAdd) mapping.columns[own] = { from: column!.name };
    else notes.push(leftOut(guess, column!, `the mapping does not name them; ${hint(column!.name)}`));
  }
}

function leftOut(guess: Guess, { name }: ColumnProfile, why: string): string {
  return `${aboutCodes(guess)} "${name}" are left out: ${why}`;
}

function aboutCodes({ group }: Guess): string {
  return `${group.key}: the codes in the column`;
}

/** The variable that a column of codes stands beside; in words why it is not known; null if the column holds none. */
function ownerOf(guess: Guess, column: ColumnProfile): Owner | string | null {
  const { mapping, group } = guess;
  const base = codeName(column.name)!;
  const variables = Object.entries(mapping.columns).flatMap(([target, { from, role }]) => {
    const known = role ?? targets.find(({ name }) => name === target)?.role;
    const isValue = known !== undefined && known !== "attribute" && !target.endsWith("_qualifiers");
    return isValue && target !== "synthetic" ? [{ target, role: known, from }] : [];
  });
  if (variables.length === 0) return null;
  const unknown = `which variable they belong to is not known; to keep them, name it in the mapping, such as ${variables[0]!.target}_qualifiers: ${quoted(column.name)}`;
  if (base === "") {
    const observed = variables.filter(({ role }) => role === "observation");
    if (isNumeric(column) && lettersOf(column.name) === "code") return null;
    return observed.length > 1 ? unknown : (observed[0] ?? variables[0]!);
  }
  const beside = group.profile.columns.find(
    ({ name }) => name !== column.name && lettersOf(name) === lettersOf(base),
  );
  if (beside !== undefined)
    return (
      variables.find(({ from }) => from === beside.name) ??
      `they stand beside the column "${beside.name}", which is not used`
    );
  const said = archiveColumn(column.name)?.target ?? recognise(base)?.target;
  if (said === undefined) return unknown;
  const names = said === "temperature" ? ["temp_c", "tmean_c"] : [said.name.replace(/_qualifiers$/, "")];
  return (
    variables.find(({ target }) => names.includes(target)) ??
    (said === "temperature" ? unknown : { target: names[0]!, role: said.role })
  );
}
