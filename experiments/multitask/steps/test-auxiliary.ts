/** test_auxiliary: is an auxiliary variable predicted better or worse than by a model of it alone? Tests at every site, and counts. */
import { auxiliaryTests } from "../statistics/auxiliary.ts";
import { comparisonOf } from "../statistics/compare.ts";
import { grouped, readRegions } from "../statistics/regions.ts";
import { readTable, writeTable } from "../statistics/tables.ts";
import { countColumns, countRows } from "./count-verdicts.ts";
import { type TestParams, testColumns, testRow } from "./test-factors.ts";

interface AuxiliaryJob {
  readonly input: {
    readonly metrics: string;
    /** The tables of single-task models that are there. */
    readonly single: readonly string[];
    /** sites.csv, where the data have one. */
    readonly sites: readonly string[];
  };
  readonly output: { readonly tests: string; readonly counts: string };
  readonly params: TestParams & {
    readonly name: string;
    readonly trainOn: string;
    readonly singleTasks: readonly {
      readonly variable: string;
      readonly experiment: string | null;
      readonly tables: readonly string[];
    }[];
  };
  log(text: string): void;
}

/** The columns of auxiliary_tests.csv: those of tests.csv behind the variable and the experiment of its single-task models. */
export const auxiliaryTestColumns = ["variable", "single_task", ...testColumns] as const;

/** The columns of auxiliary_counts.csv. */
export const auxiliaryCountColumns = ["variable", "single_task", ...countColumns] as const;

type AuxiliaryRow = Readonly<Record<(typeof auxiliaryTestColumns)[number], string | number | null>>;

/** Tests each auxiliary. */
export async function testAuxiliary({ input, output, params, log }: AuxiliaryJob): Promise<void> {
  const { name, trainOn, statistics, singleTasks } = params;
  const comparison = comparisonOf(params);
  const { metrics } = input;
  const folder = metrics.slice(0, metrics.lastIndexOf(`${name}/`)) || process.cwd();
  const question = { name, trainOn, metrics, comparison, statistics, folder };
  const tests: AuxiliaryRow[] = [];
  for (const { variable, experiment, tables } of singleTasks) {
    // Paths of a job may be others than those of the plan; their ends are the same.
    const own = input.single.filter((path) => tables.some((table) => path.endsWith(table)));
    const judged = await auxiliaryTests({ variable, experiment, tables: own }, question);
    const keys = { variable, single_task: experiment ?? "" };
    const rows = judged.flatMap(({ bySite }) =>
      [...bySite].map(([site, one]) => ({ ...keys, ...testRow(site, one, comparison) })),
    );
    tests.push(...rows);
    const reasons = new Set(rows.map((row) => row.refused));
    if (rows.every((row) => row.verdict === "refused"))
      log(`No verdict on ${variable}: ${[...reasons].join("; ")}`);
  }
  await writeTable(output.tests, auxiliaryTestColumns, tests);
  const written = await readTable(output.tests);
  const groups = grouped(comparison.sites, await readRegions(input.sites[0] ?? null));
  await writeTable(
    output.counts,
    auxiliaryCountColumns,
    singleTasks.flatMap(({ variable, experiment }) => {
      const lines = written.filter((row) => row.variable === variable);
      const rows = countRows(lines, { groups, statistics, of: variable });
      return rows.map((row) => ({ variable, single_task: experiment ?? "", ...row }));
    }),
  );
}
