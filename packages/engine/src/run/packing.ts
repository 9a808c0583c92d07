/** How many jobs of a rule make one call, and how many calls run on other machines. */
import type { NamedRule } from "../rules/ruleset.ts";
import type { Shared } from "./schedule.ts";

export class Packing {
  readonly #options: Shared;
  /** Calls that run elsewhere. */
  #away = 0;

  constructor(options: Shared) {
    this.#options = options;
  }

  isRemote(rule: NamedRule): boolean {
    return this.#options.executorOf(rule).remote !== undefined;
  }

  begun(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#away++;
  }

  ended(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#away--;
  }

  /** A share of the ready jobs for every slot: the last calls get smaller, and all slots end together. */
  sizeOf(rule: NamedRule, ready: number): number {
    const { slots, localSlots = slots } = this.#options;
    const share = Math.ceil(ready / (this.isRemote(rule) ? slots : localSlots));
    return this.#packOf(rule, ready)?.size ?? Math.min(rule.spec.batch ?? 1, share);
  }

  /** Whether such a call would be full. */
  isFull(rule: NamedRule, ready: number): boolean {
    return this.#packOf(rule, ready)?.full ?? true;
  }

  #packOf(rule: NamedRule, ready: number) {
    const { executorOf, slots, reporter } = this.#options;
    return executorOf(rule).remote?.pack(rule, {
      ready,
      slots,
      free: slots - this.#away,
      left: reporter.left(),
    });
  }
}
