/** Who reads what: from each file to the jobs and gathers that have it as an input, as linked edges. */
import { IntColumn, RowColumn } from "./columns.ts";
import type { Plan } from "./table.ts";

export class Readers {
  readonly #plan: Plan;
  /** The first edge by file and by gather, plus one; 0 for none. An edge has the next edge and its reader. */
  readonly #ofFile = new RowColumn();
  readonly #ofGather = new RowColumn();
  readonly #next = new IntColumn();
  readonly #reader = new IntColumn();
  /** Jobs and gathers before these already have their edges. */
  #jobs = 0;
  #gathers = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Adds edges for the rows that the plan has by now. */
  update(): void {
    const { jobCount, gatherCount } = this.#plan;
    for (; this.#gathers < gatherCount; this.#gathers++)
      for (const file of this.#plan.gatherFiles(this.#gathers)) this.#add(this.#ofFile, file, ~this.#gathers);
    for (; this.#jobs < jobCount; this.#jobs++) {
      const { inputStart, inputEnd, items } = this.#plan.columns;
      // No view for each of very many jobs.
      for (let i = inputStart.at(this.#jobs); i < inputEnd.at(this.#jobs); i++)
        this.#add(this.#ofFile, items.at(i) >> 1, this.#jobs);
      for (const gather of this.#plan.gathers(this.#jobs)) this.#add(this.#ofGather, gather, this.#jobs);
    }
  }

  /** A job that already has edges reads more files. */
  addInputs(job: number, places: Iterable<number>): void {
    for (const place of places) this.#add(this.#ofFile, place >> 1, job);
  }

  /** The job no longer reads these. */
  removeInputs(job: number, places: Iterable<number>): void {
    for (const place of places) this.#removeEdge(place >> 1, job);
  }

  /** Calls `use` with each job that reads a file, once for each place, and with the complement of each gather. */
  each(file: number, use: (jobOrGather: number) => void): void {
    this.#walk(this.#ofFile, file, use);
  }

  /** Calls `use` with each gather that has a file. */
  eachGather(file: number, use: (gather: number) => void): void {
    this.each(file, (reader) => reader < 0 && use(~reader));
  }

  eachOfGather(gather: number, use: (job: number) => void): void {
    this.#walk(this.#ofGather, gather, use);
  }

  /**
   * Calls `use` for each job that reads one of these files: with the file for each of the job's own inputs, and without
   * it for jobs that read it through a gather. Skips gathers in `seen`, and adds the others to it.
   */
  follow(
    files: Iterable<number>,
    use: (job: number, file?: number) => void,
    seen: Set<number> = new Set(),
  ): void {
    this.update();
    for (const file of files)
      this.each(file, (reader) => {
        if (reader >= 0) use(reader, file);
        else if (!seen.has(reader)) {
          seen.add(reader);
          this.eachOfGather(~reader, use);
        }
      });
  }

  /** The jobs that read a file, those behind gathers too. */
  ofFile(file: number): Set<number> {
    const readers = new Set<number>();
    this.follow([file], (job) => readers.add(job));
    return readers;
  }

  /** These jobs and all that need them. */
  users(jobs: Iterable<number>): Set<number> {
    const users = new Set(jobs);
    const seen = new Set<number>();
    // The loop also visits jobs that are added meanwhile.
    for (const job of users) this.follow(this.#plan.made(job), (reader) => users.add(reader), seen);
    return users;
  }

  #walk(heads: RowColumn, row: number, use: (reader: number) => void): void {
    for (let edge = heads.at(row) - 1; edge >= 0; edge = this.#next.at(edge)) use(this.#reader.at(edge));
  }

  #removeEdge(file: number, reader: number): void {
    let before = -1;
    let edge = this.#ofFile.at(file) - 1;
    while (this.#reader.at(edge) !== reader) {
      before = edge;
      edge = this.#next.at(edge);
    }
    if (before < 0) this.#ofFile.set(file, this.#next.at(edge) + 1);
    else this.#next.set(before, this.#next.at(edge));
  }

  #add(heads: RowColumn, row: number, reader: number): void {
    this.#next.push(heads.at(row) - 1);
    heads.set(row, this.#reader.push(reader) + 1);
  }
}
