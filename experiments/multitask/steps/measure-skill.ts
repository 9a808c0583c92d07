/**
 * measure_skill: how much better than the baselines the models are. The skill of a model over a baseline is
 * 1 - MSE / MSE of the baseline, on the same days: 1 is perfect, 0 as good as the baseline, below 0 worse.
 */
import { median } from "@braid/statistics";
import { count } from "braid-engine/quantities";
import { readScores } from "../statistics/scores.ts";
import { numberIn, type Row, readTable, writeTable } from "../statistics/tables.ts";
import { figure } from "../statistics/words.ts";
import { baselineColumns, baselines } from "./fit-baselines.ts";

interface SkillJob {
  readonly input: { readonly metrics: string; readonly baselines: readonly string[] };
  readonly output: { readonly scores: string; readonly skill: string };
  readonly params: {
    readonly primary: string;
    readonly factors: readonly number[];
    readonly seeds: readonly number[];
    readonly evaluate: readonly string[];
  };
  log(text: string): void;
}

/** The columns of skill.csv: a line per site, factor, partition and baseline. */
export const skillColumns = [
  ...(["site_id", "factor", "partition", "baseline", "models"] as const),
  ...(["rmse_baseline", "rmse_median", "skill_median", "models_better"] as const),
] as const;

/** Gathers the baselines' scores and writes the skill of the models over them, for the primary. */
export async function measureSkill({ input, output, params, log }: SkillJob): Promise<void> {
  const { primary, factors, seeds, evaluate } = params;
  const scores = (await Promise.all(input.baselines.map(readTable))).flat();
  await writeTable(
    output.scores,
    baselineColumns,
    scores as Record<(typeof baselineColumns)[number], string>[],
  );
  const rmse = await readScores(input.metrics, primary, "rmse");
  const own = scores.filter((row) => row.variable === primary);
  const rows = own.flatMap((row: Row) =>
    factors.map((factor) => {
      const errors = seeds
        .map((seed) => rmse.of(row.site_id!, row.partition!, seed, factor))
        .filter((error) => !Number.isNaN(error));
      const base = numberIn(row.rmse);
      const skills = base === null || base === 0 ? [] : errors.map((error) => 1 - (error / base) ** 2);
      const of = (values: readonly number[]) => (values.length === 0 ? null : median([...values]));
      return {
        ...{ site_id: row.site_id!, factor, partition: row.partition!, baseline: row.baseline! },
        ...{ models: errors.length, rmse_baseline: base, rmse_median: of(errors), skill_median: of(skills) },
        models_better: skills.length === 0 ? null : skills.filter((skill) => skill > 0).length,
      };
    }),
  );
  await writeTable(output.skill, skillColumns, rows);
  for (const partition of evaluate)
    for (const baseline of Object.keys(baselines)) {
      const texts = factors.flatMap((factor) => {
        const skills = rows
          .filter((row) => row.partition === partition && row.baseline === baseline && row.factor === factor)
          .flatMap(({ skill_median }) => (skill_median === null ? [] : [skill_median]));
        if (skills.length === 0) return [];
        const better = skills.filter((skill) => skill > 0).length;
        return [
          `factor ${factor}: ${figure(median(skills))}, above 0 at ${better} of ${count(skills.length, "site")}`,
        ];
      });
      if (texts.length > 0)
        log(`Median skill of ${primary} over ${baseline} on ${partition}: ${texts.join("; ")}`);
    }
}
