/** Several values a day: each variable needs a rule that makes one of them, which a user has to want. */
import { type BraidError, cannot } from "braid-engine";
import { readUnit } from "../../units/kinds.ts";
import type { Guess } from "./group.ts";
import { kindOf } from "./guess-unit.ts";
import { question } from "./questions.ts";
import { type Aggregate, targets } from "./targets.ts";

/** Proposes rules for files with several times of day, and asks for them. */
export function guessParts(guess: Guess): void {
  const { mapping, group } = guess;
  const { date, site_id: _, ...values } = mapping.columns;
  const column = group.profile.columns.find(({ name }) => name === date?.from);
  if (
    column === undefined ||
    !column.files.some(({ dates }) => dates.times.size > 1) ||
    mapping.aggregate !== undefined
  )
    return;
  const without = Object.entries(values).filter(
    ([target, { aggregate, role }]) =>
      aggregate === undefined && !target.endsWith("_qualifiers") && (role ?? roleOf(target)) !== "attribute",
  );
  if (without.length === 0) return;
  for (const [target, value] of without) value.aggregate = ruleOf(target, value.unit);
  const rules = without.map(([target, { aggregate }]) => `${target}: ${aggregate}`).join(", ");
  const [first, second] = column.texts;
  const asked = question({
    file: group.key,
    cause: "it has several values a day, and a run needs one",
    facts: [
      ["times", `${first}, ${second}`],
      ["rules", rules],
    ],
    key: ["columns", without[0]![0], "aggregate"],
    choices: ["yes", "no"],
    answer(choice) {
      if (choice !== "yes") throw refusal(group.key, first!, second!, rules);
    },
  });
  guess.questions.push({
    ...asked,
    text: `${asked.text}\nMake daily values by these rules (mean, sum, min, max)?`,
    error: refusal(group.key, first!, second!, rules),
    target: null,
    proposed: true,
    todo: "the rules of the columns (aggregate) make daily values: are they right?",
  });
}

function refusal(file: string, first: string, second: string, rules: string): BraidError {
  return cannot("import", file, "it has several values a day, and a run needs one", {
    facts: [
      ["times", `${first}, ${second}`],
      ["proposed rules", rules],
      ["key", `files > "${file}" > columns > aggregate (mean, sum, min or max) of each column`],
    ],
  });
}

function roleOf(target: string): string | undefined {
  return targets.find(({ name }) => name === target)?.role;
}

/** The usual rule of a variable; amounts are added, rates are averaged. */
function ruleOf(target: string, unit: string | undefined): Aggregate {
  const usual = targets.find(({ name }) => name === target)?.aggregate ?? "mean";
  const kind = kindOf(target);
  const read = kind === null || unit === undefined ? null : readUnit(unit, kind);
  if (read === null || usual === "min" || usual === "max") return usual;
  return read.amount ? "sum" : "mean";
}
