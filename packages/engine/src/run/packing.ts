/** How many jobs of a rule make one call, and how many calls run on other machines. */
import type { NamedRule } from "../rules/ruleset.ts";
import type { SchedulerContext } from "./schedule.ts";

export class Packing {
  readonly #options: SchedulerContext;
  /** Calls that run elsewhere. */
  #remoteCalls = 0;

  constructor(options: SchedulerContext) {
    this.#options = options;
  }

  isRemote(rule: NamedRule): boolean {
    return this.#options.executorOf(rule).remote !== undefined;
  }

  begin(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#remoteCalls++;
  }

  end(rule: NamedRule): void {
    if (this.isRemote(rule)) this.#remoteCalls--;
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
      free: slots - this.#remoteCalls,
      left: reporter.left(),
    });
  }
}
