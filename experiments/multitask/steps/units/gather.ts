/** combine_metrics of an experiment with models of several sites: the same table, and what its about.txt says of the models. */
import { writeFile } from "node:fs/promises";
import { type About, aboutText, gatherMetrics } from "../gather-metrics.ts";

/** What the text tells of units. */
interface AboutUnits {
  readonly trainOn: string;
  readonly count: number;
  readonly attributes: readonly string[];
  readonly targets: "site" | "unit";
}

type GatherJob = Parameters<typeof gatherMetrics>[0];

/** Gathers the metrics files of a job. */
export async function gatherOfUnits(
  job: GatherJob & { readonly params: { readonly units?: AboutUnits } },
): Promise<void> {
  const { output, params } = job;
  await gatherMetrics(job);
  if (params.units !== undefined) await writeFile(output.about, aboutUnitsText(params, params.units));
}

/** The text of about.txt. */
export function aboutUnitsText(about: About, { trainOn, count, attributes, targets }: AboutUnits): string {
  const { name, primary } = about;
  const [, ...rest] = aboutText(about).split("\n");
  const models = trainOn === "all" ? "of all sites" : `of the sites of each ${trainOn} (${count} units)`;
  return [
    `Experiment ${name}: one LSTM ${models} for each factor and seed, predicting ${primary}.`,
    attributes.length === 0
      ? "No attributes tell the sites apart."
      : `Attributes that tell the sites apart: ${attributes.join(", ")}.`,
    `Targets are scaled by the train days of ${targets === "site" ? "each site" : "all sites of a unit"}. Everything in this folder is made from`,
    ...rest,
  ].join("\n");
}
