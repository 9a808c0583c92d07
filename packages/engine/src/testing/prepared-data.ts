/** All that preparing a run has found out, as plain data to compare: for tests. */
import { expect, vi } from "vitest";
import { prepareAnew, prepareWithHistory } from "../dry-run.ts";
import { describeJob } from "../plan/plan-errors.ts";
import { Planner } from "../plan/planner.ts";
import type { Plan, TableColumns } from "../plan/table.ts";
import { forecast, reasonText } from "../staleness/forecast.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import type { Prepared } from "../staleness/prepare.ts";

/** A plan, column by column. */
export function table({ columns, texts, targets, gathersOfRule, extras }: Plan): object {
  const names = Object.keys(columns) as (keyof TableColumns)[];
  return {
    ...Object.fromEntries(names.map((name) => [name, columns[name].view()])),
    words: texts.words.texts,
    folders: texts.folders.texts,
    names: texts.names.texts,
    targets,
    gathersOfRule,
    extras,
  };
}

/** The wanted rows with their answers and reasons, what is ahead, and what stands otherwise than it was made. */
export function preparedData(prepared: Prepared): {
  readonly jobs: readonly string[];
  readonly removed: readonly string[];
  readonly [more: string]: unknown;
} {
  const { plan, selected, states, fileStates, urgent } = prepared;
  const { runs, onlyIf, all, removed, edited, needed } = forecast(prepared);
  const pathsOf = (files: Iterable<number>) => Array.from(files, (file) => plan.path(file)).sort();
  return {
    jobs: Array.from(selected.rows(), (row) => {
      const { rule, values } = plan.job(row);
      const hidden = states.isHidden(row) ? ", only asked" : "";
      const why = reasonText(prepared, row);
      return `${describeJob(rule, values)}: ${states.answer(row)}${hidden}${why === null ? "" : `, ${why}`}`;
    }),
    targets: selected.targets,
    askedOnly: [...selected.growthOnly],
    leftOut: [...selected.leftOut],
    urgent: [...urgent],
    runs: [...runs],
    onlyIf: [...onlyIf],
    both: [...all],
    removed: removed.toSorted(),
    edited: edited.toSorted(),
    needed: [...needed].sort((a, b) => a - b),
    // How far a stale job's outputs were looked at does not matter.
    absentFiles: pathsOf([...fileStates.absent].filter((file) => !states.isStale(plan.maker(file)))),
    editedFiles: pathsOf(fileStates.edited),
  };
}

/** Nothing is planned where a saved plan holds. */
const planned = vi.spyOn(Planner.prototype, "add");

/**
 * Prepares from the saved plan and anew, and expects the same: the same error, or the same table and answers. `used` is
 * whether there was a saved plan that held.
 */
export function expectSame(options: PlanOptions): {
  readonly told: ReturnType<typeof preparedData> | string;
  readonly used: boolean;
} {
  planned.mockClear();
  const saved = attempt(() => prepareWithHistory(options));
  const used = planned.mock.calls.length === 0;
  const anew = attempt(() => prepareAnew(options));
  if (typeof saved === "string" || typeof anew === "string") {
    expect(typeof saved === "string" ? saved : "a plan").toBe(typeof anew === "string" ? anew : "a plan");
    return { told: anew as string, used: false };
  }
  const found = preparedData(anew);
  expect(preparedData(saved)).toEqual(found);
  if (used) expect(table(saved.plan)).toEqual(table(anew.plan));
  return { told: found, used };
}

/** What it gives, or the message of its error. */
export function attempt<T>(step: () => T): T | string {
  try {
    return step();
  } catch (error) {
    return (error as Error).message;
  }
}
