/** Jobs and files of a remembered plan as objects, made when they are asked for. */
import type { Gather, PlannedFile, PlannedJob } from "../plan/plan.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import { ancientBit, listAt, type Remembered } from "./remembered.ts";

export interface RecallObjects {
  /** The job at a position in the remembered plan; that is its order until `renumber`. */
  job(at: number): PlannedJob;
  file(at: number): PlannedFile;
  /** Files that were made, by path; `PlannedFile.index` is their position in the remembered plan. */
  readonly files: ReadonlyMap<string, PlannedFile>;
  /** Gives all jobs, those that are still to be made too, their final orders, by position. */
  renumber(orders: Int32Array): void;
}

const noFiles: ReadonlySet<PlannedFile> = new Set();

/** `makers` are the positions of the jobs that make the files; negative for sources. */
export function recallObjects(
  { structure }: Remembered,
  rules: readonly NamedRule[],
  makers: Int32Array,
): RecallObjects {
  const { paths, valueWords, values, outputs, inputs, gathers, gatherFiles } = structure;
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const ruleOf = structure.rules.map((name) => byName.get(name)!);
  const madeFiles = new Map<number, PlannedFile>();
  const madeJobs = new Map<number, PlannedJob>();
  const madeGathers: Gather[] = [];
  const files = new Map<string, PlannedFile>();
  let orders: Int32Array | undefined;

  function file(index: number): PlannedFile {
    let found = madeFiles.get(index);
    if (found === undefined) {
      const maker = makers[index]!;
      found = {
        path: paths[index]!,
        index,
        get maker() {
          return maker < 0 ? null : job(maker);
        },
      };
      madeFiles.set(index, found);
      files.set(found.path, found);
    }
    return found;
  }

  function gather(index: number): Gather {
    let made: PlannedFile[] | undefined;
    madeGathers[index] ??= {
      get files() {
        made ??= listAt(gatherFiles, index).map(file);
        return made;
      },
    };
    return madeGathers[index];
  }

  function job(at: number): PlannedJob {
    let found = madeJobs.get(at);
    if (found === undefined) {
      const needs = listAt(inputs, at);
      const ancient = needs.filter((input) => input >= ancientBit);
      found = {
        rule: ruleOf[structure.rule[at]!]!,
        values: listAt(values, at).map((word) => valueWords[word]!),
        outputs: listAt(outputs, at).map(file),
        inputs: needs.map((input) => file(input & ~ancientBit)),
        gathers: listAt(gathers, at).map(gather),
        ancient: ancient.length === 0 ? noFiles : new Set(ancient.map((input) => file(input & ~ancientBit))),
        given: undefined,
        after: undefined,
        order: orders === undefined ? at : orders[at]!,
      };
      madeJobs.set(at, found);
    }
    return found;
  }

  return {
    job,
    file,
    files,
    renumber(final) {
      orders = final;
      for (const [at, job] of madeJobs) job.order = final[at]!;
    },
  };
}
