/** The inputs of a job as short texts to compare: the files, their contents, and their roles. */
import { ListDigest, SetDigest } from "../disk/fingerprint.ts";
import { expandedPaths, openWildcards } from "../patterns/expand.ts";
import type { Wildcards } from "../patterns/pattern.ts";
import { PerGather } from "../plan/columns.ts";
import type { JobView, Plan } from "../plan/table.ts";
import { isFile } from "../rules/function-results.ts";
import type { File, Files } from "../rules/rule.ts";
import { bind, isAfter } from "../rules/ruleset.ts";
import type { FileStates } from "./file-states.ts";

/** The content of a file as a text; "" if it is not known to exist. */
type ContentOf = (file: number) => string;

/** As records have them: the contents of the inputs, which files these are, and their roles. */
export interface JobDigests {
  readonly inputs: string;
  readonly set: string;
  readonly roles: string;
}

export class Digests {
  readonly #plan: Plan;
  readonly #contentOf: ContentOf;
  /** Until a file of the gather is made again, or cannot be had. */
  readonly #contents: PerGather<SetDigest>;
  readonly #sets: PerGather<SetDigest>;
  readonly #lists = new Map<object, string>();
  #last: { readonly job: number; readonly paths: readonly string[] } = { job: -1, paths: [] };

  constructor(plan: Plan, fileStates: FileStates) {
    this.#plan = plan;
    this.#contentOf = (file) => fileStates.content(file) ?? "";
    const over = (contentOf?: ContentOf) =>
      new PerGather((gather) => {
        const digest = new SetDigest();
        for (const file of plan.present(plan.gatherFiles(gather)))
          digest.add(plan.path(file), contentOf?.(file));
        return digest;
      });
    this.#contents = over(this.#contentOf);
    this.#sets = over();
  }

  /** All digests of a job, as things stand. */
  of(job: JobView): JobDigests {
    return { inputs: this.inputs(job.row), set: this.set(job.row), roles: this.#rolesOf(job) };
  }

  /**
   * Digest of the input paths with their contents; those that do not count have none. Another `contentOf` than what
   * stands is for jobs without gathers that differ in it.
   */
  inputs(job: number, contentOf = this.#contentOf): string {
    return this.#digest(job, this.#contents, (place) => ((place & 1) === 1 ? "" : contentOf(place >> 1)));
  }

  /** Looks at the files of a gather that were not looked at yet. */
  hashGather(gather: number): void {
    this.#contents.of(gather);
  }

  /** A file of a gather was made again. */
  forget(gather: number): void {
    this.#contents.forget(gather);
  }

  /** A file of a gather turned out to be missing. */
  forgetPaths(gather: number): void {
    this.#contents.forget(gather);
    this.#sets.forget(gather);
  }

  /** Files of expansions turned out to be missing. */
  forgetLists(): void {
    this.#lists.clear();
  }

  /** Digest of the input paths alone. */
  set(job: number): string {
    return this.#digest(job, this.#sets);
  }

  #digest(job: number, gathers: PerGather<SetDigest>, contentAt?: (place: number) => string): string {
    const { missingOptional } = this.#plan;
    const paths = this.#pathsOf(job);
    const digest = new SetDigest();
    this.#plan.inputs(job).forEach((place, i) => {
      if (!missingOptional.has(place >> 1)) digest.add(paths[i]!, contentAt?.(place));
    });
    for (const gather of this.#plan.gathers(job)) digest.merge(gathers.of(gather));
    return digest.toString();
  }

  /** All digests of a job need these, and are asked for one after the other. */
  #pathsOf(job: number): readonly string[] {
    const places = this.#plan.inputs(job);
    if (this.#last.job !== job || this.#last.paths.length !== places.length)
      this.#last = { job, paths: Array.from(places, (place) => this.#plan.path(place >> 1)) };
    return this.#last.paths;
  }

  /**
   * Digest of the roles of files: names or places of inputs, outputs and wildcards, in declared order. Bodies see the
   * order of a list, so it counts.
   */
  roles(job: number): string {
    return this.#rolesOf(this.#plan.job(job));
  }

  #rolesOf({ row, rule, values, outputs, given }: JobView): string {
    const paths = this.#pathsOf(row);
    const digest = new ListDigest();
    const declared = rule.spec.input;
    const shape = given ?? (typeof declared === "function" || isAfter(declared) ? [] : declared);
    const wildcards = bind(rule, values);
    let next = 0;
    let single = 0;
    addShape(digest, shape, (file) => {
      const template = given === undefined ? rule.inputs[next++] : undefined;
      // The paths of single inputs come first.
      if (template?.kind === "single") return digest.add(paths[single++]!);
      if (typeof file === "object" && file.kind === "expanded")
        digest.add(`[${this.#list(file, openWildcards(file).length === 0 ? {} : wildcards)}]`);
      else digest.add(typeof file === "string" ? file : file.pattern);
    });
    let output = 0;
    addShape(digest, rule.spec.output, () => digest.add(outputs[output++]!));
    rule.wildcards.forEach((name, i) => {
      digest.add(`{${name}}${values[i]}`);
    });
    return digest.toString();
  }

  /** The paths of an expansion in their order; of a closed one, found once. */
  #list(file: File & object, wildcards: Wildcards): string {
    if (file.kind !== "expanded") return "";
    const closed = Object.keys(wildcards).length === 0;
    const known = closed ? this.#lists.get(file) : undefined;
    if (known !== undefined) return known;
    const digest = new ListDigest();
    for (const path of expandedPaths(file, wildcards))
      if (this.#plan.missingOptional.size === 0 || !this.#plan.missingOptional.has(this.#plan.find(path)))
        digest.add(path);
    const text = digest.toString();
    if (closed) this.#lists.set(file, text);
    return text;
  }
}

/** Walks a shape, with the names and places of its files. */
function addShape(digest: ListDigest, files: Files, add: (file: File) => void): void {
  if (isFile(files)) {
    digest.add("=");
    add(files);
    return;
  }
  for (const [name, one] of Object.entries(files as Record<string, File | readonly File[]>)) {
    digest.add(`${name}:`);
    if (!Array.isArray(one)) add(one as File);
    else {
      // Bodies get a list of one file as a list.
      digest.add("[");
      one.forEach(add);
    }
    digest.add(";");
  }
}
