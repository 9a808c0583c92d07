/** All that a plan says, to compare plans in tests; texts that it shares may stand in it in any order. */
import { ancientBit, type Plan } from "../plan/table.ts";

export function planContent(plan: Plan): unknown {
  const {
    columns,
    targets,
    gathersOfRule,
    gatherOf,
    functionInputs,
    afterInputs,
    firstLists,
    readAgain,
    extras,
    firstGrown,
  } = plan;
  const rows = (count: number) => Array.from({ length: count }, (_, row) => row);
  return structuredClone({
    lengths: Object.entries(columns).map(([name, column]) => [name, column.length]),
    files: rows(plan.fileCount).map((file) => [plan.path(file), plan.maker(file)]),
    jobs: rows(plan.jobCount).map((row) => ({
      rule: plan.ruleOf(row).name,
      values: plan.values(row),
      outputs: [...plan.outputs(row)],
      inputs: [...plan.inputs(row)].map((place) => [place >> 1, place & ancientBit]),
    })),
    gathers: rows(plan.gatherCount).map((gather) => [...plan.gatherFiles(gather)]),
    gathersOfRule,
    gatherOf: [...gatherOf.values()],
    targets,
    given: [...functionInputs],
    awaited: [...afterInputs.keys()],
    firstLists: [...firstLists],
    asked: [...readAgain],
    extras: [...extras],
    firstGrown,
  });
}
