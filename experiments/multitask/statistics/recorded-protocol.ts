/**
 * How the models of an experiment were made, as the journal has it: the params of the rules up to the training, and the data that went
 * into the preparation. Two experiments of one folder may be run with different options, which their config does not tell.
 */
import type { History } from "braid-engine";
import { baseOf } from "../variants.ts";

/** The single-task models that are asked of. */
export interface RecordedModels {
  readonly experiment: string;
  readonly sites: readonly string[];
  readonly seeds: readonly number[];
}

/** Params that differ between two experiments that train alike but for their primary. */
const ownParams = ["experiment", "variables", "logarithms", "seeds"];

/** What the journal knows of the models of factor 0, one text for each way to make them; empty if it knows none. */
export function recordedProtocol({ traces, texts }: History, models: RecordedModels): ReadonlySet<string> {
  const { experiment } = models;
  const own = new Map<string, Set<string>>();
  // A variant may share the preparation of its experiment, and a split that of the same split.
  const base = experiment.replace(/^[^/]+/, baseOf);
  for (const trace of traces.values()) {
    const { path, params, inputs } = trace;
    // Rules of a split have its name behind theirs.
    const rule = trace.rule.split(".")[0]!;
    const folder = [experiment, base].find((one) => path.startsWith(`${one}/`));
    if (folder === undefined || !isOfModels(path.slice(folder.length + 1), rule, models)) continue;
    const data = rule === "prep_io_data" ? `, data ${inputs}` : "";
    const key = `${folder} ${rule}`;
    const known = own.get(key) ?? new Set<string>();
    own.set(key, known.add(`${rule} ${withoutOwn(texts.get(params) ?? params)}${data}`));
  }
  if (!own.has(`${experiment} train_model`)) return new Set();
  const of = (rule: string) =>
    own.get(`${experiment} ${rule}`) ?? own.get(`${base} ${rule}`) ?? new Set<string>();
  return new Set(["prep_io_data", "pool_io_data", "train_model"].flatMap((rule) => [...of(rule)]));
}

/** `path`: below the folder of the experiment. */
function isOfModels(path: string, rule: string, { sites, seeds }: RecordedModels): boolean {
  const [place = "", factor = "", model = ""] = path.split("/");
  const isSite = place.startsWith("site_id_") && sites.includes(place.slice("site_id_".length));
  const isUnit = place.startsWith("unit_");
  if (rule === "prep_io_data") return isSite;
  if (rule === "pool_io_data") return isUnit;
  if (rule !== "train_model" || factor !== "factor_0" || !(isSite || isUnit)) return false;
  const seed = /^rand_seed_(\d+)$/.exec(model)?.[1];
  return seed === undefined || seeds.includes(Number(seed));
}

/** The text of params without those that name the experiment or its variables. */
function withoutOwn(text: string): string {
  try {
    const params = JSON.parse(text) as Record<string, unknown>;
    return JSON.stringify(Object.entries(params).filter(([key]) => !ownParams.includes(key)));
  } catch {
    return text;
  }
}
