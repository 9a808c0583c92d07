/**
 * What running calls have taken: threads against `--jobs`, everything else against `--resources`. If jobs run
 * elsewhere, each call there counts as one of `--jobs`, and threads of this machine are a separate resource with its
 * own limit.
 *
 * `gpu` is handed out as device numbers, lowest first, so that two calls never share a device.
 */

/** Amounts by name: `threads`, `gpu` or a name of the workflow's own. */
export type Request = Readonly<Record<string, number>>;

/** Threads of local jobs when the others run elsewhere. No resource of a workflow can have this name. */
export const localThreads = "threads of this machine";

/** GPUs of other machines: their queue limits them, unless the user gives a number. */
export const gpusElsewhere = "gpu elsewhere";

export class ResourcePool {
  readonly #slots: number;
  readonly #limits: ReadonlyMap<string, number>;
  readonly #inUse = new Map<string, number>();
  readonly #gpusInUse = new Set<number>();

  constructor(slots: number, limits: ReadonlyMap<string, number>) {
    this.#slots = slots;
    this.#limits = limits;
  }

  /** True if a call with this request can start now. A request beyond the limits runs by itself. */
  fits(request: Request): boolean {
    for (const name in request) {
      const used = this.#inUse.get(name) ?? 0;
      if (used > 0 && request[name]! > 0 && used + request[name]! > this.#limitOf(name)) return false;
    }
    return true;
  }

  /** Takes the amounts; returns the device numbers. */
  take(request: Request): readonly number[] {
    this.#add(request, 1);
    const gpus: number[] = [];
    // If the number of GPUs is not given, a call that asks for several gets them.
    const most = this.#limits.get("gpu") ?? Number.POSITIVE_INFINITY;
    for (let gpu = 0; gpus.length < (request.gpu ?? 0) && gpu < most; gpu++)
      if (!this.#gpusInUse.has(gpu)) {
        this.#gpusInUse.add(gpu);
        gpus.push(gpu);
      }
    return gpus;
  }

  /** Gives back what `take` took. */
  release(request: Request, gpus: readonly number[]): void {
    this.#add(request, -1);
    for (const gpu of gpus) this.#gpusInUse.delete(gpu);
  }

  #add(request: Request, sign: 1 | -1): void {
    for (const name in request) this.#inUse.set(name, (this.#inUse.get(name) ?? 0) + sign * request[name]!);
  }

  #limitOf(name: string): number {
    if (name === "threads") return this.#slots;
    return this.#limits.get(name) ?? (name === "gpu" ? 1 : Number.POSITIVE_INFINITY);
  }
}
