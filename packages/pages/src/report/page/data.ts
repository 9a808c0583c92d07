/** Loads data by script tags, each once: the only way that a page opened from disk may read other files. */
import { scoreName } from "../data-script.ts";
import { type PackedNumbers, unpackNumbers } from "../packed.ts";
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
    braidWaiting.set(name, (value) => resolve(value as T));
    const script = document.createElement("script");
    script.src = file;
    script.onload = () => script.remove();
    script.onerror = () => reject(new Error(`${file} is not beside the page`));
    document.head.append(script);
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
