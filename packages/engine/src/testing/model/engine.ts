/** The one place where the model test talks to the engine. */
import { watchBodies } from "../../calls/bodies.ts";
import type { FileSystem } from "../../disk/files.ts";
import { prepareAnew, prepareWithHistory } from "../../dry-run.ts";
import type { RunEvent } from "../../events.ts";
import { describeJob } from "../../plan/plan-errors.ts";
import type { Rules } from "../../rules/rule.ts";
import { type Trigger, triggers } from "../../rules/settings.ts";
import { run as runEngine } from "../../run/run.ts";
import type { Force } from "../../staleness/forced.ts";
import { forecast as forecastOf, reasonText } from "../../staleness/forecast.ts";
import type { Prepared } from "../../staleness/prepare.ts";
import { touch } from "../../touch.ts";

export interface EngineOptions {
  readonly rules: Rules;
  readonly files: FileSystem;
  readonly targets: readonly string[];
  readonly until: readonly string[];
  readonly omitFrom: readonly string[];
  readonly force: Force;
  /** Null: everything counts. */
  readonly triggers: readonly string[] | null;
  readonly keepGoing: boolean;
  readonly keepTemporary: boolean;
}

export interface Failed {
  readonly error: string;
}

/** Jobs by their names: those that will run, and those that run only if what they need comes out different. */
export interface Forecast {
  /** In the order of the plan. */
  readonly stale: readonly string[];
  readonly maybe: readonly string[];
  readonly reasons: ReadonlyMap<string, string>;
}

export interface Outcome {
  /** Jobs that were done, those without a body too, in order. */
  readonly ran: readonly string[];
  readonly failed: readonly { readonly job: string; readonly error: string }[];
  readonly outcome: "done" | "failed" | "interrupted";
}

/** What a dry run says. */
export const forecast = (options: EngineOptions): Forecast | Failed =>
  orError(() => told(prepareWithHistory(optionsOf(options))));

/** What it says without the saved plan. */
export const forecastFromScratch = (options: EngineOptions): Forecast | Failed =>
  orError(() => told(prepareAnew(optionsOf(options))));

export async function run(options: EngineOptions): Promise<Outcome | Failed> {
  const ran: string[] = [];
  const { keepTemporary } = options;
  const emit = (event: RunEvent) => void (event.kind === "done" && ran.push(event.job));
  try {
    const running = runEngine({ ...optionsOf(options), keepTemporary, slots: 2, emit });
    const { outcome, failed } = await soon(running);
    return { ran, outcome, failed: failed.map(({ job, error }) => ({ job, error })) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** `--touch`. */
export function accept(options: EngineOptions): void {
  touch(optionsOf(options));
}

/** A trigger that the engine has; the model's may be more. */
export function knowsTrigger(name: string): name is Trigger {
  return (triggers as readonly string[]).includes(name);
}

/** A listener that stays: setting and removing one for each of a hundred thousand runs takes longer than they do. */
export function keepListening(): () => void {
  return watchBodies({ late() {}, other() {} });
}

function optionsOf(options: EngineOptions) {
  const { rules, files, targets, until, omitFrom, force, triggers: counted, keepGoing } = options;
  return {
    rules,
    files,
    folder: "",
    targets,
    force,
    keepGoing,
    select: { until, omitFrom },
    ...(counted === null ? {} : { triggers: new Set(counted.filter(knowsTrigger)) }),
  };
}

/** In the plan's order. */
function told(prepared: Prepared): Forecast {
  const { plan, states, selected } = prepared;
  const { needed } = forecastOf(prepared);
  const stale: string[] = [];
  const maybe: string[] = [];
  const words = new Map<string, string>();
  for (const row of selected.rows()) {
    if (states.isHidden(row) || (!states.isActive(row) && !needed.has(row))) continue;
    const { rule, values } = plan.job(row);
    const name = describeJob(rule, values);
    (states.isStale(row) ? stale : maybe).push(name);
    words.set(name, reasonText(prepared, row) ?? "needed");
  }
  return { stale, maybe, reasons: words };
}

/** A run that never ends is a failure that can be shrunk. */
async function soon<T>(running: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the run does not end")), 10_000);
  try {
    return await Promise.race([running, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function orError<T>(step: () => T): T | Failed {
  try {
    return step();
  } catch (error) {
    return { error: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
