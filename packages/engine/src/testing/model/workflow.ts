/** The rules of a random workflow as the engine gets them, and what their bodies note of each execution. */
import type { FileSystem } from "../../disk/files.ts";
import { type Expanded, expand } from "../../patterns/expand.ts";
import { ancient, directory, protect, temp, touch } from "../../rules/marks.ts";
import { type AnyRule, after, type Files, type Rules, rule, untracked } from "../../rules/rule.ts";
import { written } from "./contents.ts";
import { contentOf, timeOf } from "./disk.ts";
import { knowsTrigger } from "./engine.ts";
import {
  basePath,
  declaredOutputs,
  type Entry,
  type ModelJob,
  type Place,
  type Rule,
  refPath,
  type Variant,
  type Workflow,
} from "./jobs.ts";
import { contentCounts, entryPaths, firstPlace, givenFor, onePath } from "./places.ts";

/** A body that came to its end. */
export interface Execution {
  readonly number: number;
  readonly job: ModelJob;
  readonly places: readonly Place[];
  /** What counted, part by part. */
  readonly key: Key;
  readonly outputs: ReadonlyMap<string, string>;
  /** Whether an input that counts was newer than the oldest output, or an output was missing. */
  readonly newerInput: boolean;
}

/** What a job is made from, by the trigger under which a difference counts. */
export interface Key {
  readonly params: string;
  readonly code: string;
  /** Which files in which roles and order. */
  readonly input: string;
  /** Their contents; of a marker, when its job ran. */
  readonly mtime: string;
}

/** What bodies use and note; one for a whole case. */
export interface World {
  files: FileSystem;
  /** The number of a rule whose jobs fail. */
  broken: number | null;
  /** Called once with each job, before or after it reads. */
  during: ((job: ModelJob, when: "before" | "after") => void) | null;
  /** Names of the jobs whose bodies have begun, and the executions, since the last run began. */
  begun: string[];
  executions: Execution[];
  count: number;
  /** The number of the last execution of a job, by its id: the content of its markers. */
  readonly last: Map<string, number>;
  /** What no engine may do, as bodies find it. */
  faults: string[];
}

interface BodyJob {
  readonly input: unknown;
  readonly output: unknown;
  readonly wildcards: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
}

export function rulesOf(workflow: Workflow, world: World): Rules {
  const expansions = new Map<string, Expanded>();
  return Object.fromEntries(
    workflow.rules.map((one) => [one.name, ruleOf(one, workflow, world, expansions)]),
  );
}

function ruleOf(one: Rule, workflow: Workflow, world: World, expansions: Map<string, Expanded>): AnyRule {
  const { shape, number } = one;
  const { variant } = workflow;
  const output = shaped(
    declaredOutputs(one, variant).map(({ label, index }) => {
      const wildcards = one.wildcards.map((name) => `_{${name}}`).join("");
      return [label, marked(basePath(one, index) + wildcards, shape.outputs[index]!)] as const;
    }),
    shape.named,
  );
  const value = variant.params[number] ?? 0;
  const noise = untracked(variant.noise[number] ?? 0);
  const params = {
    data: { value, noise },
    function: () => ({ value, noise }),
    // What an ancient place says must not count, so it is not asked.
    reads: ({ input }: { input: unknown }) => {
      const first = labelled(input).find((_, i) => ancientPlaces(one, variant)[i] !== true);
      return { value, noise, read: first === undefined ? "" : mustRead(world.files, first[1]) };
    },
  };
  const act = (job: BodyJob, code: number) => body(one, workflow, world, job, code);
  const bodies = [
    (job: BodyJob) => act(job, 0),
    (job: BodyJob) => act(job, 1),
    (job: BodyJob) => act(job, 2),
  ];
  return rule({
    input: inputOf(one, workflow, world, expansions) as "x",
    params: params[shape.params as keyof typeof params],
    ...(declaredOutputs(one, variant).length === 0 ? {} : { output: output as unknown as "x" }),
    ...(shape.triggers === null ? {} : { triggers: shape.triggers.filter(knowsTrigger) }),
    ...(one.hasBody ? { run: bodies[variant.codes[number] ?? 0]! } : {}),
  } as unknown as Parameters<typeof rule>[0]) as AnyRule;
}

/** A list, or a record with letters for names. */
function shaped<T>(
  items: readonly (readonly [label: string, item: T])[],
  named: boolean,
): Record<string, T> | T[] {
  return named
    ? Object.fromEntries(items.map(([label, item]) => [label.slice(1), item]))
    : items.map(([, item]) => item);
}

function marked(path: string, { folder, mark }: Rule["shape"]["outputs"][number]): Files {
  const file = folder && mark !== "touch" ? directory(path) : path;
  if (mark === "temp") return temp(file);
  if (mark === "protect") return protect(file);
  return mark === "touch" ? touch(file) : file;
}

type Given = Files | ReturnType<typeof after>;

function inputOf(
  one: Rule,
  { variant }: Workflow,
  world: World,
  expansions: Map<string, Expanded>,
): Given | ((wildcards: { x?: string }) => Given) {
  const { asks, entries, named } = one;
  const mark = (path: string, isAncient: boolean) => (isAncient ? ancient(path) : path);
  const names = entries.map((_, i) => `.${named ? "abcdefghijkl"[i] : i}`);
  if (asks !== null) {
    const ask = (x: string | undefined) =>
      after(
        [mark(onePath(asks.first, x), asks.ancient)] as Files,
        ((made: readonly string[]) =>
          givenFor(one, x, mustRead(world.files, made[0]!), variant).map(({ path, ancient: isAncient }) =>
            mark(path, isAncient),
          )) as never,
      );
    return one.shape.byFunction || one.wildcards.length > 0
      ? ({ x }) => ask(one.wildcards.length === 1 ? x : undefined)
      : ask(undefined);
  }
  const gathered = ({ file, ancient: isAncient }: Entry) => {
    const values = variant.gathered[one.number] ?? ["a", "b"];
    const known = `${refPath(file)} ${values}`;
    const whole = expansions.get(known) ?? expand(refPath(file, "{x}") as "{x}", { x: values });
    expansions.set(known, whole);
    return isAncient ? ancient(whole) : whole;
  };
  const shape = (fileOf: (entry: Entry) => Files) =>
    shaped(
      entries.map((entry, i) => [names[i]!, fileOf(entry)] as const),
      named,
    ) as Files;
  const files = (x: string) =>
    shape((entry) => {
      const { file, gather } = entry;
      if (!file.wild) return mark(refPath(file), entry.ancient);
      const isSingle = one.wildcards.length === 1 && !gather;
      return isSingle ? mark(refPath(file, x), entry.ancient) : gathered(entry);
    });
  return one.shape.byFunction ? ({ x = "" }) => files(x) : files("{x}");
}

function mustRead(files: FileSystem, path: string): string {
  const content = contentOf(files, path);
  if (content === null) throw new Error(`nothing stands at ${path}`);
  return content;
}

/** The texts of a shape with their places in it. */
function labelled(shape: unknown, label = ""): (readonly [label: string, path: string])[] {
  if (typeof shape === "string") return [[label, shape]];
  return Object.entries(shape as object).flatMap(([name, inside]) => labelled(inside, `${label}.${name}`));
}

function body(one: Rule, workflow: Workflow, world: World, given: BodyJob, code: number): void {
  const values = one.wildcards.map((name) => given.wildcards[name]);
  const job = workflow.jobs.find(({ rule, values: own }) => rule === one && String(own) === String(values))!;
  const { files } = world;
  world.begun.push(job.name);
  world.during?.(job, "before");
  const input = labelled(given.input);
  const first = firstPlace(job);
  const isAncient = ancientPlaces(one, workflow.variant);
  const places: Place[] = input.map(([label, path], i) => ({ label, path, ancient: isAncient[i] === true }));
  const contents = places.map(({ path }) => {
    const content = contentOf(files, path);
    if (content === null) world.faults.push(`${job.name} runs without its input ${path}`);
    return content ?? "";
  });
  if (first !== null) {
    places.unshift(first);
    contents.unshift(contentOf(files, first.path) ?? "");
  }
  const oldest = Math.min(
    ...job.outputs.map(({ path }) => Math.min(files.stat(path)?.mtime ?? 0, timeOf(files, path))),
  );
  const newerInput = places.some(({ path, ancient }) => !ancient && newest(files, path) > oldest);
  const { noise: _, ...params } = given.params;
  world.during?.(job, "after");
  const outputs = written(job, { places, contents, params, code });
  if (world.broken === one.number) throw new Error("broken");
  if (outputs === null) throw new Error("these inputs do not go together");
  for (const [label, path] of labelled(given.output)) {
    const output = job.outputs.find((own) => own.label === label)!;
    const content = outputs.get(output.path)!;
    if (output.mark === "touch") continue;
    if (output.folder) writeFolder(files, path, content);
    else files.write(path, content);
  }
  const key = keyOf(job, places, contents, params, code, workflow, world);
  world.executions.push({ number: ++world.count, job, places, key, outputs, newerInput });
  world.last.set(job.id, world.count);
}

/** The time of a folder itself counts too: nobody knows by which of the two an engine goes. */
function newest(files: FileSystem, path: string): number {
  const stat = files.stat(path);
  if (!stat?.directory) return stat?.mtime ?? 0;
  return (files.list(path) ?? []).reduce(
    (most, name) => Math.max(most, newest(files, `${path}/${name}`)),
    stat.mtime,
  );
}

/** Of the places that a body is given in order; what growth adds comes behind them, and is plain. */
function ancientPlaces(one: Rule, variant: Variant): boolean[] {
  return one.entries.flatMap((entry) =>
    [entryPaths(entry, one, "", variant)].flat().map(() => entry.ancient),
  );
}

function writeFolder(files: FileSystem, folder: string, content: string): void {
  for (const line of content.slice(1, -1).split(",")) {
    const [name = "", text = ""] = line.split(":");
    const path = `${folder}/${name}`;
    files.makeFolder(path.slice(0, path.lastIndexOf("/")));
    files.write(path, text);
  }
}

export function keyOf(
  job: ModelJob,
  places: readonly Place[],
  contents: readonly string[],
  params: Readonly<Record<string, unknown>>,
  code: number,
  { makers }: Workflow,
  { last }: Pick<World, "last">,
): Key {
  const counts = contentCounts(places);
  const read = places.map(({ path }, i) => {
    if (!counts[i]) return "";
    const maker = makers.get(path);
    const output = maker?.outputs.find((one) => one.path === path);
    return output?.mark === "touch" ? `#${last.get(maker!.id) ?? 0}` : contents[i];
  });
  const roles = job.outputs.map(({ label, path }) => `${label}=${path}`);
  const wildcards = job.rule.wildcards.map((name, i) => `${name}=${job.values[i]}`);
  return {
    params: JSON.stringify(params),
    code: String(code),
    input: [...places.map(({ label, path }) => `${label}=${path}`), ">", ...roles, ...wildcards].join(" "),
    mtime: read.join("|"),
  };
}
