/** A value computed from the files of a gather: only once, because many jobs share a gather. */
export class PerGather<T> {
  readonly #find: (gather: number) => T;
  readonly #found = new Map<number, T>();

  constructor(find: (gather: number) => T) {
    this.#find = find;
  }

  of(gather: number): T {
    let found = this.#found.get(gather);
    if (found === undefined) {
      found = this.#find(gather);
      this.#found.set(gather, found);
    }
    return found;
  }

  /** The next `of` computes the value again. */
  forget(gather: number): void {
    this.#found.delete(gather);
  }

  forgetAll(): void {
    this.#found.clear();
  }
}
