/** The state of each file while the plan is made. */
import { Integers } from "./columns.ts";

export const unseen = 0;
/** Its job is on the stack, and its inputs are being planned. */
export const open = 1;
export const made = 2;
export const source = 3;
export const missing = 4;

export class FileStates {
  readonly #states = new Integers();

  of(file: number): number {
    return file < this.#states.length ? this.#states.at(file) : unseen;
  }

  set(file: number, state: number): void {
    while (this.#states.length <= file) this.#states.push(unseen);
    this.#states.set(file, state);
  }

  /** Forgets files from `files` on. */
  truncate(files: number): void {
    this.#states.truncate(Math.min(files, this.#states.length));
  }
}
