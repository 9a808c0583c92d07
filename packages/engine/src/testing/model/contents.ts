/** What the bodies of a random workflow write: a function of what they read, the same for the engine and the model. */
import { hash } from "./hash.ts";
import { innerName, type ModelJob, type Place } from "./jobs.ts";
import { contentCounts } from "./places.ts";

/** What a body sees and writes. */
export interface Reading {
  readonly places: readonly Place[];
  /** By place; of those that do not count it is not looked at. */
  readonly contents: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
  readonly code: number;
}

/** What a job writes to each output, or null if it fails. A folder is the list of its files. */
export function written(job: ModelJob, reading: Reading): ReadonlyMap<string, string> | null {
  const { shape, number } = job.rule;
  const { places, contents, params, code } = reading;
  // The file that says what is needed is not given to the body.
  const counts = contentCounts(places);
  const read = places.flatMap(({ label }, i) =>
    label === "first" ? [] : [`${label}=${counts[i] ? contents[i] : ""}`],
  );
  const inputs = read.join("|");
  if (shape.fragile && job.rule.hasBody && hash(`${inputs}|${params.value}`) % 4 === 0) return null;
  const wildcards = job.rule.wildcards.map((name, i) => `${name}=${job.values[i]}`).sort();
  const text = `${number}|${code}|${JSON.stringify(params)}|${wildcards}|${inputs}`;
  return new Map(
    job.outputs.map(({ label, path, folder, mark }) => {
      if (mark === "touch") return [path, ""];
      const seen = hash(`${text}|${label}`);
      const content =
        shape.writes === "all" ? seen.toString(36) : shape.writes === "parity" ? `p${seen % 2}` : "c";
      return [
        path,
        folder ? folderText(filesIn(content, spread[shape.writes as keyof typeof spread](seen))) : content,
      ];
    }),
  );
}

const spread = { all: (seen: number) => seen, parity: (seen: number) => seen % 2, constant: () => 1 };

/** The files of a folder that a job makes, by their paths in it. */
function filesIn(content: string, seen: number): Map<string, string> {
  return new Map([
    [innerName, content],
    ...(seen % 2 === 1 ? [["two", "2"] as const] : []),
    ...(seen % 3 === 1 ? [["sub/three", content] as const] : []),
  ]);
}

/** Whether a folder has lost all files that its job made: it then counts as removed, whatever else lies in it. */
export function isEmptied(made: string | undefined, stands: string): boolean {
  const names = (folder: string) =>
    folder.startsWith("{")
      ? folder
          .slice(1, -1)
          .split(",")
          .map((line) => line.split(":", 1)[0]!)
      : [];
  const left = new Set(names(stands));
  const own = made === undefined ? [] : names(made);
  return own.length > 0 && !own.some((name) => left.has(name));
}

/** What outputs have at a path, which may be in a folder among them; undefined if nothing is. */
export function contentAt<T>(outputs: ReadonlyMap<string, T>, path: string): T | string | undefined {
  if (outputs.has(path) || !path.endsWith(`/${innerName}`)) return outputs.get(path);
  const folder = outputs.get(path.slice(0, -innerName.length - 1));
  if (typeof folder !== "string") return undefined;
  const lines = folder.slice(1, -1).split(",");
  return lines.find((line) => line.startsWith(`${innerName}:`))?.slice(innerName.length + 1);
}

export function folderText(files: ReadonlyMap<string, string>): string {
  const lines = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => `${name}:${content}`);
  return `{${lines.join(",")}}`;
}
