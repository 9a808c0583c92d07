/** combine_metrics of an experiment that holds sites out: the same table, with a column that says which sites are gauged. */
import { appendFile } from "node:fs/promises";
import { addColumns } from "../more-columns.ts";
import { gatherOfUnits } from "./gather.ts";

type GatherJob = Parameters<typeof gatherOfUnits>[0];

/** Gathers the metrics files of a job: of the sites that models learnt from, and of the others. */
export async function gatherWithUngauged(
  job: Omit<GatherJob, "input" | "params"> & {
    readonly input: { readonly gauged: readonly string[]; readonly ungauged: readonly string[] };
    readonly params: GatherJob["params"] & { readonly heldOut: readonly string[] };
  },
): Promise<void> {
  const { input, output, params } = job;
  await gatherOfUnits({ ...job, input: [...input.gauged, ...input.ungauged] });
  await addColumns(output.metrics, ["gauged"], (site) => ({
    gauged: params.heldOut.includes(site) ? "no" : "yes",
  }));
  await appendFile(
    output.about,
    `Ungauged sites, which no model was trained or scaled on: ${params.heldOut.join(", ")} (column gauged).\n`,
  );
}
