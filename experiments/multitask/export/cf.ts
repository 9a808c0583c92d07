/**
 * What exported files say about themselves, after the CF conventions (https://cfconventions.org): names and units of
 * variables, and the attributes of a file.
 */
import { flowScoreNames } from "../flow-scores.ts";
import { scoreNames } from "../metrics.ts";
import { fitInt32 } from "../seeds.ts";
import { softwareHere } from "../statistics/software.ts";
import { syntheticNote } from "../synthetic.ts";
import type { Attributes } from "./netcdf.ts";

/** Units as UDUNITS writes them, by the end of a column's name; other names do not tell their unit. */
const units: readonly (readonly [ending: RegExp, unit: string])[] = [
  [/_(cms|m3s|cumecs)$/, "m3 s-1"],
  [/_(cfs|ft3s)$/, "ft3 s-1"],
  [/_(c|degc)$/, "degree_Celsius"],
  [/_(f|degf)$/, "degree_Fahrenheit"],
  [/_k$/, "K"],
  [/_mg_l$/, "mg L-1"],
  [/_us_cm$/, "uS cm-1"],
  [/_mm$/, "mm"],
  [/_m$/, "m"],
];

/** The unit in a column's name, null if it tells none. */
export function unitOf(column: string): string | null {
  return units.find(([ending]) => ending.test(column.toLowerCase()))?.[1] ?? null;
}

/** `units` where the column's name tells its unit. */
export function unitsOf(column: string): Attributes {
  const unit = unitOf(column);
  return unit === null ? {} : { units: unit };
}

/** The standard name of river discharge, for a variable in a unit of volume per time; CF has none for stream temperature. */
export function standardNameOf(column: string, isDischarge: boolean): Attributes {
  return isDischarge && /^(m3|ft3) s-1$/.test(unitOf(column) ?? "")
    ? { standard_name: "water_volume_transport_in_river_channel" }
    : {};
}

/** Names that the exported files use themselves. */
const reserved = [
  ...["site", "site_id", "factor", "seed", "partition", "time", "date", "lat", "lon"],
  ...["experiment", "variable", "trained", "backend", "synthetic"],
];

/** What follows the name of a variable in names of arrays and columns. */
const scores = ["trained", "n_obs", ...scoreNames, ...flowScoreNames];
const endings = ["", "_observed", ...scores.map((name) => `_${name}`)];

/**
 * A name of letters, digits and underscores for each column, as CF asks: "flow (m3/s)" becomes flow__m3_s_. Names that
 * would give an array or column a name of another one get a number.
 */
export function safeNames(columns: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(reserved);
  const isTaken = (name: string) => endings.some((ending) => taken.has(name + ending));
  return new Map(
    columns.map((column) => {
      const plain = column.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?![A-Za-z])/, "v_");
      let name = plain;
      for (let n = 2; isTaken(name); n++) name = `${plain}_${n}`;
      for (const ending of endings) taken.add(name + ending);
      return [column, name];
    }),
  );
}

/** Seeds as NetCDF stores them: int, or double where one of them needs it, since the format has no larger integers. */
export function seedValues(seeds: readonly number[]): Int32Array | Float64Array {
  return fitInt32(seeds) ? Int32Array.from(seeds) : Float64Array.from(seeds);
}

export interface FileFacts {
  readonly experiment: string;
  readonly synthetic: boolean;
  readonly caveats: readonly string[];
  /** The backends that trained the models. */
  readonly trainedBy: string;
}

/**
 * The attributes of a file; `subject` completes "Predictions of". They tell no time of writing: the same results are the
 * same bytes.
 */
export async function fileAttributes(
  subject: string,
  rule: string,
  { experiment, synthetic, caveats, trainedBy }: FileFacts,
): Promise<Readonly<Record<string, string>>> {
  software ??= softwareHere();
  const { packages, commit } = await software;
  const version = `Braid ${packages["braid-engine"]}${commit === null ? "" : `, commit ${commit}`}`;
  const comment = [...(synthetic ? [syntheticNote] : []), ...caveats].join(" ");
  return {
    Conventions: "CF-1.8",
    title: `${synthetic ? "SYNTHETIC data: " : ""}${subject} of experiment ${experiment}`,
    source: `${synthetic ? "Models of synthetic data: o" : "O"}ne LSTM per site, factor and seed, trained by ${trainedBy} (${version})`,
    history: `Written by the rule ${rule} of ${version}`,
    references: "https://doi.org/10.1029/2021WR030138 (Sadler et al. 2022, whose experiment this follows)",
    ...(comment === "" ? {} : { comment }),
  };
}

/** Asked once per process. */
let software: ReturnType<typeof softwareHere> | undefined;
