/** Something that is found by going through a gather: once, since all jobs of a rule share it. */
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

  /** It is to be found anew, as far as somebody asks. */
  forget(gather: number): void {
    this.#found.delete(gather);
  }

  forgetAll(): void {
    this.#found.clear();
  }
}
