/** The inputs of a job as short texts to compare: the files, their contents, and their roles. */
import { ListDigest, SetDigest } from "../disk/fingerprint.ts";
import { expandedPaths, openWildcards } from "../patterns/expand.ts";
import type { Plan } from "../plan/table.ts";
import type { File, Files } from "../rules/rule.ts";
import { isAfter, isFile } from "../rules/ruleset.ts";
import type { Looks } from "./looks.ts";

/** The content of a file as a text; "" if it is not known to exist. */
type ContentOf = (file: number) => string;

export class Digests {
  readonly #plan: Plan;
  readonly #looks: Looks;
  /** Jobs share gathers: each is visited once, until a file of it is made again. */
  readonly #contents = new Map<number, SetDigest>();
  readonly #paths = new Map<number, SetDigest>();
  readonly #lists = new Map<object, string>();

  constructor(plan: Plan, looks: Looks) {
    this.#plan = plan;
    this.#looks = looks;
  }

  /** Digest of the input paths with their current contents; inputs that do not count have no content. */
  inputs(job: number): string {
    const digest = new SetDigest();
    this.#addPlaces(digest, job, (file) => this.#looks.content(file) ?? "");
    for (const gather of this.#plan.gathers(job)) digest.merge(this.#gather(gather));
    return digest.toString();
  }

  /** The same with other contents; only for jobs whose gathers have the same contents either way. */
  inputsBy(job: number, contentOf: ContentOf): string {
    const digest = new SetDigest();
    this.#addPlaces(digest, job, contentOf);
    for (const gather of this.#plan.gathers(job)) digest.merge(this.#gather(gather));
    return digest.toString();
  }

  #addPlaces(digest: SetDigest, job: number, contentOf: ContentOf): void {
    for (const place of this.#plan.inputs(job)) {
      const file = place >> 1;
      if (this.#plan.lacking.has(file)) continue;
      digest.add(this.#plan.path(file), (place & 1) === 1 ? "" : contentOf(file));
    }
  }

  #gather(gather: number): SetDigest {
    let digest = this.#contents.get(gather);
    if (digest === undefined) {
      digest = new SetDigest();
      for (const file of this.#plan.present(this.#plan.gatherFiles(gather)))
        digest.add(this.#plan.path(file), this.#looks.content(file) ?? "");
      this.#contents.set(gather, digest);
    }
    return digest;
  }

  /** A file of a gather was made again. */
  forget(gather: number): void {
    this.#contents.delete(gather);
  }

  /** A file of a gather turned out to be missing. */
  forgetPaths(gather: number): void {
    this.#contents.delete(gather);
    this.#paths.delete(gather);
  }

  /** Files of expansions turned out to be missing. */
  forgetLists(): void {
    this.#lists.clear();
  }

  /** Digest of the input paths alone. */
  paths(job: number): string {
    const digest = new SetDigest();
    for (const place of this.#plan.inputs(job))
      if (!this.#plan.lacking.has(place >> 1)) digest.add(this.#plan.path(place >> 1));
    for (const gather of this.#plan.gathers(job)) {
      let own = this.#paths.get(gather);
      if (own === undefined) {
        own = new SetDigest();
        for (const file of this.#plan.present(this.#plan.gatherFiles(gather))) own.add(this.#plan.path(file));
        this.#paths.set(gather, own);
      }
      digest.merge(own);
    }
    return digest.toString();
  }

  /**
   * Digest of the roles of files: names or places of inputs, outputs and wildcards, in declared order. Bodies see the
   * order of a list, so it counts.
   */
  roles(job: number): string {
    const view = this.#plan.job(job);
    const { rule, values, outputs, given } = view;
    const digest = new ListDigest();
    const declared = rule.spec.input;
    const shape = given ?? (typeof declared === "function" || isAfter(declared) ? [] : declared);
    const wildcards = Object.fromEntries(rule.wildcards.map((name, i) => [name, values[i]!]));
    let next = 0;
    addShape(digest, shape, (file) => {
      const template = given === undefined ? rule.inputs[next++] : undefined;
      if (template?.kind === "single") return digest.add(template.fill(values));
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

  /** The paths of an expansion in order; computed only once if it has no open wildcards. */
  #list(file: File & object, wildcards: Readonly<Record<string, string>>): string {
    if (file.kind !== "expanded") return "";
    const closed = Object.keys(wildcards).length === 0;
    const known = closed ? this.#lists.get(file) : undefined;
    if (known !== undefined) return known;
    const digest = new ListDigest();
    for (const path of expandedPaths(file, wildcards))
      if (this.#plan.lacking.size === 0 || !this.#plan.lacking.has(this.#plan.find(path))) digest.add(path);
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
