/** The scores of the primary from the gathered metrics: by site, partition and seed, a value per factor. */
import { readFile } from "node:fs/promises";
import { cannot } from "braid-engine";
import { parse } from "csv-parse/sync";

/** One score of all models: `of(site, partition, seed, factor)` is NaN where there is none. */
export interface ScoreTable {
  of(site: string, partition: string, seed: number | string, factor: number): number;
  /** Observed days of a site in a partition; NaN if no model was scored there. */
  observed(site: string, partition: string): number;
  /** Whether the models of a site and factor learnt another variable beside the primary. */
  learnsMore(site: string, factor: number): boolean;
  /** What trained the models. */
  readonly backends: readonly string[];
  readonly models: number;
}

/** Reads the column `score` of the lines of `variable`. @throws where the file lacks a column or the variable. */
export async function readScores(file: string, variable: string, score: string): Promise<ScoreTable> {
  const [header = [], ...rows] = parse(await readFile(file)) as string[][];
  const at = (column: string) => {
    const index = header.indexOf(column);
    if (index < 0) throw cannot("read metrics", file, `it has no column "${column}"`);
    return index;
  };
  const [variableAt, backendAt, scoreAt] = [at("variable"), at("backend"), at(score)];
  const keysAt = ["site_id", "partition", "seed", "factor"].map(at);
  const [siteAt, partitionAt, , factorAt] = keysAt as [number, number, number, number];
  const trainedAt = header.indexOf("trained");
  const learnt = new Set<string>();
  const observedAt = header.indexOf("n_obs");
  const observed = new Map<string, number>();
  const values = new Map<string, number>();
  const backends = new Set<string>();
  const models = new Set<string>();
  for (const row of rows) {
    if (row[variableAt] !== variable) {
      if (row[trainedAt] === "yes") learnt.add(`${row[siteAt]}\0${row[factorAt]}`);
      continue;
    }
    backends.add(row[backendAt]!);
    models.add(keysAt.map((index) => (index === partitionAt ? "" : row[index])).join("\0"));
    observed.set(`${row[siteAt]}\0${row[partitionAt]}`, Number(row[observedAt]));
    const text = row[scoreAt]!;
    values.set(keysAt.map((index) => row[index]).join("\0"), text === "" ? Number.NaN : Number(text));
  }
  if (values.size === 0)
    throw cannot("read metrics", file, `it has no line of "${variable}"`, {
      hint: "The primary of the config is the variable to compare.",
    });
  return {
    of: (...keys) => values.get(keys.join("\0")) ?? Number.NaN,
    observed: (site, partition) => observed.get(`${site}\0${partition}`) ?? Number.NaN,
    learnsMore: (site, factor) => learnt.has(`${site}\0${factor}`),
    backends: [...backends].sort(),
    models: models.size,
  };
}
