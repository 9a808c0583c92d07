/**
 * The daily tables of the KNMI (Netherlands): their codes are names of other variables elsewhere (Q is sunlight, RH is rain), in
 * tenths. Source: the explanation above the values of its files, "Daggegevens van het weer in Nederland".
 */
import { readUnit } from "../../units/kinds.ts";
import type { Recognised } from "./recognise.ts";
import { targets } from "./targets.ts";

const codes: Readonly<Record<string, readonly [target: string, unit: string]>> = {
  TG: ["tmean_c", "0.1 degC"],
  TN: ["tmin_c", "0.1 degC"],
  TX: ["tmax_c", "0.1 degC"],
  RH: ["prcp_mm", "0.1 mm"],
  Q: ["srad_wm2", "J/cm2"],
  FG: ["wind_ms", "0.1 m/s"],
  UG: ["rh_percent", "%"],
};

/** Whether a table is one of these, by the names of its columns of stations and dates. */
export function isKnmi(columns: readonly string[]): boolean {
  return columns.includes("STN") && columns.includes("YYYYMMDD");
}

/** The variable of a column of such a table; null if the import has none for it. */
export function knmiColumn(name: string): Recognised | null {
  const [variable, symbol] = codes[name] ?? [];
  const target = targets.find((one) => one.name === variable);
  return target === undefined || target.kind === null
    ? null
    : { target, unit: readUnit(symbol!, target.kind), unitText: null };
}

/** Rain of less than 0.05 mm, in tenths of a mm. */
export const knmiTrace = -1;
