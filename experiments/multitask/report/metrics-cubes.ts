/** The gathered metrics as arrays by site, factor and seed: what the report draws. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { cannot } from "braid-engine";
import type { ScoreCube } from "braid-pages/report";
import { parse } from "csv-parse/sync";

export interface Axes {
  readonly sites: readonly string[];
  readonly factors: readonly number[];
  readonly seeds: readonly number[];
}

export interface MetricsCubes {
  /** Names of the scores: the file's columns behind `n_obs`. */
  readonly scores: readonly string[];
  /** Lines of the first variable and partition: one per model. */
  readonly models: number;
  readonly backends: readonly string[];
  of(partition: string, variable: string, score: string): ScoreCube;
  /** Observed days of a site; 0 where it has no line. */
  observed(site: string, partition: string, variable: string): number;
}

const keys = ["site_id", "factor", "seed", "partition", "variable", "backend", "n_obs"];

/** Reads the file; lines of other sites, factors or seeds than those of the axes do not count. */
export async function readCubes(file: string, axes: Axes): Promise<MetricsCubes> {
  const { sites, factors, seeds } = axes;
  const place = [sites, factors.map(String), seeds.map(String)].map(
    (values) => new Map(values.map((value, i) => [value, i])),
  ) as [Map<string, number>, Map<string, number>, Map<string, number>];
  const cubes = new Map<string, ScoreCube[]>();
  const backends = new Set<string>();
  const trained = new Set<number>();
  const observed = new Map<string, number>();
  let header: readonly string[] | undefined;
  let at: readonly number[] = [];
  let scores: readonly string[] = [];
  for await (const text of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const row = text.includes('"') ? (parse(text)[0] as string[]) : text.split(",");
    if (header === undefined) {
      header = row;
      at = keys.map((key) => row.indexOf(key));
      const missing = keys.find((_, i) => at[i]! < 0);
      if (missing !== undefined) throw cannot("report on", file, `it has no column "${missing}"`);
      scores = row.slice(at.at(-1)! + 1);
      continue;
    }
    const [site, factor, seed, partition, variable, backend] = at.map((index) => row[index]!);
    const [s, f, r] = [place[0].get(site!), place[1].get(factor!), place[2].get(seed!)];
    if (s === undefined || f === undefined || r === undefined) continue;
    const cell = (s * factors.length + f) * seeds.length + r;
    trained.add(cell);
    backends.add(backend!);
    const name = `${partition}\0${variable}`;
    observed.set(`${site}\0${name}`, Number(row[at.at(-1)!]));
    let group = cubes.get(name);
    if (group === undefined) {
      group = scores.map(() => empty(axes));
      cubes.set(name, group);
    }
    for (let i = 0; i < scores.length; i++) {
      const value = row[at.at(-1)! + 1 + i]!;
      if (value !== "") group[i]![cell] = Number(value);
    }
  }
  if (header === undefined) throw cannot("report on", file, "it is empty");
  return {
    scores,
    models: trained.size,
    backends: [...backends].sort(),
    observed: (site, partition, variable) => observed.get(`${site}\0${partition}\0${variable}`) ?? 0,
    of: (partition, variable, score) =>
      cubes.get(`${partition}\0${variable}`)?.[scores.indexOf(score)] ?? empty(axes),
  };
}

function empty({ sites, factors, seeds }: Axes): ScoreCube {
  return new Float32Array(sites.length * factors.length * seeds.length).fill(Number.NaN);
}
