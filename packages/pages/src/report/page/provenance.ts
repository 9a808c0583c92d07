/** What a saved figure says of itself: what it shows, from which config and commit it is. */
import { csv } from "../../shared/csv.ts";
import type { Report } from "../report.ts";
import type { Choice } from "./choice.ts";

export interface About {
  readonly title: string;
  /** What it shows and finds. */
  readonly text: string;
  /** Experiment, commit and config. */
  readonly made: Readonly<Record<string, string>>;
}

/** Experiment, commit and the config as the page tells it. */
export function madeFrom({ experiment, synthetic, commit, making }: Report): Record<string, string> {
  return {
    experiment,
    ...(synthetic ? { data: "SYNTHETIC: they say nothing about rivers" } : {}),
    commit: commit ?? "not a Git checkout",
    ...Object.fromEntries((making[0]?.rows ?? []).map(([name, value]) => [`config: ${name}`, value])),
  };
}

/** Choices that tell apart what figures show, in the order of a file's name. */
const told = ["partition", "variable", "score", "property", "colour", "site", "factor"] as const;

/** `expA-hydrograph-test-discharge_cms-01022500-factor_10`: experiment, figure, and the choices that it depends on. */
export function fileName(report: Report, figure: string, dependsOn: readonly string[], now: Choice): string {
  const parts = told
    .filter((key) => dependsOn.includes(key))
    .map((key) => (key === "factor" ? `factor_${now.factor}` : now[key]));
  return [report.experiment, figure, ...parts]
    .filter((part) => part !== "")
    .map((part) => part.replace(/[^\w.@-]+/g, "_"))
    .join("-");
}

/** A table as CSV; what it says of itself stands before it in lines that begin with #, as in files of the USGS. */
export function csvText(
  { title, text, made }: About,
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const notes = [title, text, ...Object.entries(made).map(([name, value]) => `${name}: ${value}`)];
  const comment = notes.map((note) => `# ${note.replace(/\s*\n\s*/g, " ")}\n`).join("");
  return comment + csv(columns, rows);
}
