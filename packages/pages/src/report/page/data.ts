/** Loads data as scripts, each once. */
import { loadScript } from "../../shared/load-script.ts";
import { inflated, type PackedNumbers, scoreName, unpackNumbers } from "../../shared/packed.ts";
import type { ScoreCube, SiteSeries } from "../report.ts";

declare global {
  /** Names that are waited for; the page's own first script fills in what arrives. */
  var braidWaiting: Map<string, (value: unknown) => void>;
}

const loaded = new Map<string, Promise<unknown>>();

/** The value under `name` from the script at `file`. */
export function load<T>(name: string, file = `assets/${name}.js`): Promise<T> {
  const known = loaded.get(name);
  if (known !== undefined) return known as Promise<T>;
  const promise = new Promise<T>((resolve, reject) => {
    braidWaiting.set(name, (value) => resolve(inflated(value) as Promise<T>));
    loadScript(file).catch(reject);
  });
  loaded.set(name, promise);
  return promise;
}

const cubes = new Map<string, Promise<ScoreCube>>();

export function loadScores(partition: string, variable: string, score: string): Promise<ScoreCube> {
  const name = scoreName(partition, variable, score);
  const known = cubes.get(name) ?? load<PackedNumbers>(name).then(unpackNumbers);
  cubes.set(name, known);
  return known;
}

export function loadSeries(site: string): Promise<SiteSeries> {
  return load<SiteSeries>(`series/${site}`, `series/${encodeURIComponent(site)}.js`);
}
