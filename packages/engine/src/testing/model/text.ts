/** Cases and answers in words, for people who read a counterexample. */

import type { Failed, Forecast } from "./engine.ts";
import type { Workflow } from "./jobs.ts";
import { firstPlace, placesOf } from "./places.ts";
import type { Asked } from "./question.ts";

export function asText(said: Forecast | Failed): string {
  if ("error" in said) return `error: ${said.error}`;
  const tell = (name: string) => `  ${name}: ${said.reasons.get(name)}`;
  return ["will run", ...said.stale.map(tell), "may run", ...said.maybe.map(tell)].join("\n");
}

export function inWords(asked: Asked): string {
  return Object.entries(asked)
    .filter(([, value]) => value === true || (value && Object.keys(value).length > 0))
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(", ");
}

/** The workflow for people: at its end, after the edits. */
export function rulesInWords({ jobs, variant }: Workflow): string[] {
  return jobs.map((job) => {
    const { rule, outputs } = job;
    const { shape } = rule;
    const places = placesOf(job, variant, () => null) ?? [firstPlace(job)!];
    const inputs = places.map(
      ({ label, path, ancient }) => `${label}=${ancient ? `ancient(${path})` : path}`,
    );
    const asks =
      rule.asks &&
      ` then ${rule.asks.candidates.map(({ path }) => path)} and ${rule.entries.map(({ file }) => file.path)}`;
    const makes = outputs.map(
      ({ label, path, folder, mark }) => `${label}=${mark}${folder ? " folder" : ""} ${path}`,
    );
    const about = [
      shape.kind,
      shape.writes,
      shape.params,
      shape.fragile ? "fragile" : "",
      shape.byFunction ? "function" : "",
      shape.triggers ?? "",
    ];
    return `${job.name} [${about.filter((word) => word !== "").join(", ")}]: ${inputs.join(" ")}${asks ?? ""} -> ${makes.join(" ")}`;
  });
}
