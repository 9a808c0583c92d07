/** Which places a job reads, worked out from the description of its rule. */
import { hash } from "./hash.ts";
import {
  allValues,
  type Entry,
  type FileRef,
  letters,
  type ModelJob,
  type Place,
  pick,
  type Rule,
  refPath,
  type Variant,
  values,
} from "./jobs.ts";

/** A path, or the list of an expansion. */
export function entryPaths(
  { file, gather }: Entry,
  rule: Rule,
  x: string | undefined,
  variant: Variant,
): string | string[] {
  if (!file.wild) return refPath(file);
  if (x !== undefined && rule.wildcards.length === 1 && !gather) return refPath(file, x);
  return (variant.gathered[rule.number] ?? values).map((value) => refPath(file, value));
}

/** A file as the one path that an asking job means by it. */
export function onePath(file: FileRef, x: string | undefined, which = 0): string {
  return refPath(file, x ?? pick(allValues, which));
}

function xOf(job: Pick<ModelJob, "rule" | "values">): string | undefined {
  return job.rule.wildcards.length === 1 ? job.values[0] : undefined;
}

/** What the content of its first file makes a job ask for, in order, as a flat list. */
export function givenFor(
  rule: Rule,
  x: string | undefined,
  content: string,
  variant: Variant,
): readonly { readonly path: string; readonly ancient: boolean }[] {
  const bits = hash(content);
  const fixed = rule.entries.flatMap((entry) =>
    [entryPaths(entry, rule, x, variant)].flat().map((path) => ({ path, ancient: entry.ancient })),
  );
  const chosen = rule
    .asks!.candidates.filter((_, i) => ((bits >> i) & 1) === 1)
    .map((file, i) => ({ path: onePath(file, undefined, i + (bits & 1)), ancient: false }));
  return [...fixed, ...chosen];
}

/** The places of a job; `contentOf` is asked for the file that says what is needed beside. Null if it cannot say. */
export function placesOf(
  job: ModelJob,
  variant: Variant,
  contentOf: (path: string) => string | null,
): Place[] | null {
  const { rule } = job;
  const x = xOf(job);
  if (rule.asks !== null) {
    const first = firstPlace(job)!;
    const content = contentOf(first.path);
    if (content === null) return null;
    return [first, ...givenFor(rule, x, content, variant).map((one, i) => ({ ...one, label: `.${i}` }))];
  }
  return rule.entries.flatMap((entry, i): Place[] => {
    const label = rule.named ? `.${letters[i]}` : `.${i}`;
    const paths = entryPaths(entry, rule, x, variant);
    if (typeof paths === "string") return [{ label, path: paths, ancient: entry.ancient }];
    return paths.map((path, k) => ({ label: `${label}.${k}`, path, ancient: entry.ancient }));
  });
}

/** Of each place, whether its content counts: of an ancient one it does where the same file has a plain one too. */
export function contentCounts(places: readonly Place[]): boolean[] {
  const plain = new Set(places.flatMap(({ path, ancient }) => (ancient ? [] : [path])));
  return places.map(({ path }) => plain.has(path));
}

/** The place of the file that an asking job asks. */
export function firstPlace(job: ModelJob): Place | null {
  const { asks } = job.rule;
  return asks && { label: "first", path: onePath(asks.first, xOf(job)), ancient: asks.ancient };
}

/** Every path that an asking job may ask for beside. */
export function possiblePlaces(job: ModelJob): string[] {
  return (job.rule.asks?.candidates ?? []).flatMap((file) =>
    file.wild ? allValues.map((value) => refPath(file, value)) : [refPath(file)],
  );
}
