/** Refuses retries and queue settings that nobody would read, for who writes JavaScript or casts. */
import { closest } from "../closest.ts";
import { cannot } from "../errors.ts";
import { checkFunctionResult, describeValue } from "./function-results.ts";
import { type QueueSettings, queueKeys } from "./queue-settings.ts";
import { failureReasons } from "./retries.ts";
import type { AnyRule } from "./rule.ts";

/** Throws where the retries of a rule are not whole numbers, by reasons that there are. */
export function checkRetries(rule: string, retries: unknown): void {
  if (retries === undefined) return;
  const check = (what: string, count: unknown) => {
    if (count === undefined || (Number.isSafeInteger(count) && (count as number) >= 0)) return;
    throw refusal(rule, `${what} is ${shown(count)}, not a whole number from 0`);
  };
  if (!isRecord(retries)) {
    check("retries", retries);
    return;
  }
  const odd = unknownName(Object.keys(retries), failureReasons);
  if (odd !== null)
    throw refusal(rule, `its retries have "${odd.name}", which is no reason to fail`, odd.hint);
  const { exit = {}, ...counts } = retries;
  for (const [reason, count] of Object.entries(counts)) check(`retries.${reason}`, count);
  if (!isRecord(exit))
    throw refusal(
      rule,
      `retries.exit is ${shown(exit)}, not a record of exit codes`,
      "Write exit: { 75: 5 } to retry five times after exit code 75.",
    );
  for (const [code, count] of Object.entries(exit)) {
    if (!/^([1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(code))
      throw refusal(rule, `retries.exit has "${code}", which is not an exit code from 1 to 255`);
    check(`retries.exit[${code}]`, count);
  }
}

/** The queue settings of the rule `name`; a function is called for each job and attempt, and its result checked. */
export function checkedQueue(
  name: string,
  { queue }: Pick<AnyRule, "queue">,
): QueueSettings | ((job: object) => QueueSettings) | undefined {
  if (typeof queue !== "function") {
    if (queue !== undefined) checkQueue(name, queue, "its queue");
    return queue;
  }
  const what = "its queue function";
  return (job) => {
    const settings = checkFunctionResult(queue(job), "get the queue of", name, what);
    checkQueue(name, settings, `the result of ${what}`);
    return settings;
  };
}

function checkQueue(rule: string, queue: unknown, what: string): void {
  if (!isRecord(queue)) throw refusal(rule, `${what} is ${describeValue(queue)}, not a record of settings`);
  const { extra, set, ...words } = queue;
  const odd = unknownName(Object.keys(words), queueKeys);
  if (odd !== null) {
    const hint = `${odd.hint} Other names for the executor \`command\` stand in set: { ${odd.name}: ... }.`;
    throw refusal(rule, `${what} has the unknown key "${odd.name}"`, hint);
  }
  for (const [name, value] of Object.entries(words))
    if (value !== undefined && !isText(value))
      throw refusal(rule, `${name} in ${what} is ${shown(value)}, not a text`);
  if (extra !== undefined && !(Array.isArray(extra) && extra.every(isText)))
    throw refusal(
      rule,
      `extra in ${what} is ${shown(extra)}, not a list of texts`,
      'Write one text for each argument of sbatch: extra: ["--exclusive"].',
    );
  if (set === undefined) return;
  if (!isRecord(set) || !Object.values(set).every((value) => typeof value === "number" || isText(value)))
    throw refusal(rule, `set in ${what} is ${shown(set)}, not a record of texts and numbers`);
}

function refusal(rule: string, cause: string, hint?: string) {
  return cannot("read the rule", rule, cause, hint === undefined ? {} : { hint });
}

function unknownName(names: readonly string[], known: readonly string[]) {
  const name = names.find((one) => !known.includes(one));
  if (name === undefined) return null;
  const near = closest(name, known);
  return { name, hint: near === undefined ? `There are ${known.join(", ")}.` : `Did you mean "${near}"?` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function shown(value: unknown): string {
  return typeof value === "function" ? "a function" : (JSON.stringify(value) ?? String(value));
}
