/**
 * What the observations of a folder are good for: which variables were observed on the days to learn from, and of which
 * sites a run can learn. One pass over obs_file, in memory bounded by the number of sites.
 */
import { openTable } from "../tables/open-table.ts";
import { type Choice, type Days, whyUnusable } from "../tables/starter-config.ts";

/** The result of a survey. */
export interface Survey {
  /** Every site of the file, in its order. */
  readonly choices: readonly Choice[];
  /** The columns with a value on the days to learn from, at some site. */
  readonly observed: ReadonlySet<string>;
  /** The columns with a value on any day. */
  readonly seen: ReadonlySet<string>;
}

/** Reads an obs_file whose sites stand one after another; `train` are the days to learn from. */
export async function surveyObservations(path: string, primary: string, train: Days): Promise<Survey> {
  const table = await openTable(path);
  const at = table.columns.indexOf(primary);
  const choices: Choice[] = [];
  const [observed, seen] = [new Set<string>(), new Set<string>()];
  let site: string | undefined;
  let flows: (readonly [date: string, flow: string])[] = [];
  const close = () => {
    if (site !== undefined) choices.push({ site, why: whyUnusable(flows, train, primary) });
    flows = [];
  };
  for await (const rows of table.rows())
    for (const { cells } of rows) {
      const [id, date] = cells as [string, string];
      if (id !== site) close();
      site = id;
      const learnt = date >= train.from && date <= train.to;
      if (learnt) flows.push([date, cells[at] ?? ""]);
      for (const [i, column] of table.columns.entries()) {
        if (i < 2 || cells[i] === "") continue;
        seen.add(column);
        if (learnt) observed.add(column);
      }
    }
  close();
  return { choices, observed, seen };
}
