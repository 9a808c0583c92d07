/**
 * What running calls have taken: threads against `--jobs`, everything else against `--resources`. Where jobs run
 * elsewhere, a call there is one of `--jobs`, and threads of this machine are another thing, with a limit of its own.
 *
 * `gpu` is handed out as device numbers, lowest first, so that two calls never share a device.
 */

/** Amounts by name: `threads`, `gpu` or a name of the workflow's own. */
export type Request = Readonly<Record<string, number>>;

/** Threads that jobs take on this machine where others run elsewhere; no resource of a workflow has such a name. */
export const localThreads = "threads of this machine";

/** GPUs of other machines: how many there are is their queue's business, unless the user says it. */
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

  /** True if a call that asks for this can start now. What asks for more than there is runs by itself. */
  fits(request: Request): boolean {
    for (const name in request) {
      const used = this.#inUse.get(name) ?? 0;
      if (used > 0 && request[name]! > 0 && used + request[name]! > this.#limitOf(name)) return false;
    }
    return true;
  }

  /** Takes it; returns the numbers of the devices. */
  take(request: Request): readonly number[] {
    this.#add(request, 1);
    const gpus: number[] = [];
    // Where nobody has said how many there are, a call that asks for several is believed.
    const most = this.#limits.get("gpu") ?? Number.POSITIVE_INFINITY;
    for (let gpu = 0; gpus.length < (request.gpu ?? 0) && gpu < most; gpu++)
      if (!this.#gpusInUse.has(gpu)) {
        this.#gpusInUse.add(gpu);
        gpus.push(gpu);
      }
    return gpus;
  }

  /** Gives back what `take` took. */
  give(request: Request, gpus: readonly number[]): void {
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
