/** Refuses what the compiler refuses, for workflows in JavaScript or with casts: unknown keys, two bodies, values that are no files. */
import { closest } from "../closest.ts";
import { type BraidError, cannot, type ErrorDetails } from "../errors.ts";
import { parsePattern, wildcardNames } from "../patterns/pattern.ts";
import { ruleEnvironment } from "./code.ts";
import {
  checkFunctionResult,
  describeValue,
  findNonFile,
  isKind,
  shapesOfFiles,
} from "./function-results.ts";
import type { Shown } from "./marks.ts";
import type { QueueSettings } from "./queue-settings.ts";
import type { RetriesByReason } from "./retries.ts";
import { type After, type AnyRule, isProgram, prefixOf } from "./rule.ts";

/** A record, so that the compiler misses none. */
const ruleKeys: Readonly<Record<keyof AnyRule, true>> = {
  input: true,
  output: true,
  params: true,
  log: true,
  run: true,
  runBatch: true,
  shell: true,
  script: true,
  prefix: true,
  env: true,
  resources: true,
  queue: true,
  batch: true,
  constraints: true,
  localRule: true,
  code: true,
  retries: true,
  timeout: true,
  triggers: true,
  priority: true,
  optional: true,
};

const reasons: Readonly<Record<keyof RetriesByReason, true>> = {
  oom: true,
  timeout: true,
  lost: true,
  exit: true,
  other: true,
};

/** The settings of a queue that are one string. */
const queueWords: Readonly<Record<Exclude<keyof QueueSettings, "extra" | "set">, true>> = {
  account: true,
  partition: true,
  qos: true,
  constraint: true,
  gres: true,
};

/** Hints for keys that have another name here, most of them Snakemake's. */
const otherNames: Readonly<Record<string, string>> = {
  threads: "Write resources: { threads: 2 }.",
  retry: "Write retries: 2, or retries: { oom: 2 }.",
  wildcard_constraints: "Write constraints: { name: expression }.",
  conda: 'Write env: new URL("./environment.yml", import.meta.url), or a prefix that starts commands there.',
  container: 'Write env: "docker://image:tag", or a prefix that starts commands there.',
  notebook: 'Write script: new URL("./plot.ipynb", import.meta.url).',
  benchmark: "Leave it out: every job is measured, and --summary shows the result.",
  group: "Write batch: 256 for jobs of one rule in one call.",
};

/** Throws where a rule has a key that no rule has, or two bodies. */
export function checkRule(name: string, spec: AnyRule): void {
  if (typeof spec !== "object" || spec === null)
    throw cannot("read the rule", name, `it is ${String(spec)}, not a rule made by rule()`);
  checkKeys(Object.keys(spec), Object.keys(ruleKeys), (cause, hint) =>
    cannot("read the rule", name, cause, hint),
  );
  const bodies = (["run", "runBatch", "shell", "script"] as const).filter((key) => spec[key] !== undefined);
  if (bodies.length > 1)
    throw cannot("read the rule", name, `it has two bodies, ${bodies.slice(0, 2).join(" and ")}`);
  if (spec.log !== undefined && typeof spec.log !== "string")
    throw cannot("read the rule", name, `its log is ${describeValue(spec.log)}, not one path`, {
      hint: "A job has one log; declare other files that it writes as outputs.",
    });
  checkFunctions(name, spec);
  for (const part of ["input", "output"] as const) {
    const files = spec[part];
    if (typeof files === "function" || isKind(files, "after")) continue;
    const odd = findNonFile(files);
    if (odd !== null)
      throw cannot("read the rule", name, `its ${part} has ${odd}, which is not a file`, {
        hint: shapesOfFiles,
      });
  }
}

/** The source text of a bound function does not show what it does or is bound to: a change would go unseen. */
function checkFunctions(name: string, spec: AnyRule): void {
  const { run, runBatch, input, params, resources, queue } = spec;
  const next = isKind(input, "after") ? (input as After).next : undefined;
  const found = Object.entries({ run, runBatch, input: next ?? input, params, resources, queue }).find(
    ([, value]) => typeof value === "function" && /\{\s*\[native code\]\s*\}$/.test(value.toString()),
  );
  if (found === undefined) return;
  const hint = "Write a function that calls it, and pass what it needs in params";
  throw cannot(
    "read the rule",
    name,
    `its ${found[0]} is a bound or native function, whose code cannot be read`,
    {
      hint: `${hint}: run: (job) => fit(job.input, job.params.settings).`,
    },
  );
}

/** Throws for the first of `keys` that is none of `known`. */
export function checkKeys(
  keys: readonly string[],
  known: readonly string[],
  refuse: (cause: string, details: ErrorDetails) => BraidError,
): void {
  const odd = keys.find((key) => !known.includes(key));
  if (odd === undefined) return;
  const near = closest(odd, known);
  const hint = otherNames[odd] ?? (near === undefined ? undefined : `Did you mean "${near}"?`);
  throw refuse(`it has the unknown key "${odd}"`, hint === undefined ? {} : { hint });
}

/** What a report says of an output is text, with no other wildcards than those of its path. */
export function checkShown(
  rule: string,
  output: string,
  words: Readonly<Partial<Record<keyof Shown, unknown>>>,
  wildcards: readonly string[],
): void {
  const refuse = (cause: string, hint?: string) =>
    cannot("read the rule", rule, cause, {
      facts: [["output", output]],
      ...(hint === undefined ? {} : { hint }),
    });
  const example = 'report("plot.svg", { caption: "Flow by day, m3/s", category: "Figures" })';
  checkKeys(Object.keys(words), ["caption", "category"], (cause, { hint }) =>
    refuse(`what a report says of an output: ${cause}`, hint),
  );
  const { caption, category = "Other" } = words;
  if (typeof caption !== "string" || caption.trim() === "")
    throw refuse("an output that a report shows has no caption", `Say what it shows: ${example}.`);
  if (typeof category !== "string" || category.trim() === "")
    throw refuse("the category of an output in reports is not a text", `Name it: ${example}.`);
  const unknown = wildcardNames(parsePattern(caption + category)).find((name) => !wildcards.includes(name));
  if (unknown !== undefined)
    throw refuse(
      `Wildcard {${unknown}} is not in the output path`,
      "Write {{ and }} for plain braces in a caption.",
    );
}

/** A prefix or environment is for commands; a prefix stands before them, and is one line. */
export function checkPrefix(rule: string, spec: AnyRule): void {
  const prefix = prefixOf(spec);
  ruleEnvironment(rule, spec);
  if (prefix === undefined && spec.env === undefined) return;
  const what = spec.env === undefined ? "a prefix" : "an env";
  if (!isProgram(spec))
    throw refusal(
      rule,
      `it has ${what}, but no shell command or script`,
      `Only rules with shell or script take ${what}; run and runBatch run in the engine's own processes.`,
    );
  if (prefix === undefined) return;
  if (spec.env !== undefined)
    throw refusal(rule, "it has both a prefix and an env, and each says where commands run");
  if (prefix.trim() === "" || prefix.includes("\n"))
    throw refusal(rule, `its prefix ${JSON.stringify(prefix)} is not one line of text`);
}

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
  const odd = unknownName(Object.keys(retries), Object.keys(reasons));
  if (odd !== null)
    throw refusal(rule, `its retries have "${odd.name}", which is not a failure reason`, odd.hint);
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
    if (queue === undefined) return undefined;
    checkQueue(name, queue, "its queue");
    return withoutUnset(queue);
  }
  const what = "its queue function";
  return (job) => {
    const settings = checkFunctionResult(queue(job), "get the queue of", name, what);
    checkQueue(name, settings, `the result of ${what}`);
    return withoutUnset(settings);
  };
}

/** An undefined setting is none: it must not hide what the profile says. */
function withoutUnset(queue: QueueSettings): QueueSettings {
  return Object.fromEntries(Object.entries(queue).filter(([, value]) => value !== undefined));
}

function checkQueue(rule: string, queue: unknown, what: string): void {
  if (!isRecord(queue)) throw refusal(rule, `${what} is ${shown(queue)}, not a record of settings`);
  const { extra, set, ...words } = queue;
  const odd = unknownName(Object.keys(words), Object.keys(queueWords));
  if (odd !== null) {
    const hint = `${odd.hint} Put other names for the executor \`command\` in set: { ${odd.name}: ... }.`;
    throw refusal(rule, `${what} has the unknown key "${odd.name}"`, hint);
  }
  for (const [name, value] of Object.entries(words))
    if (value !== undefined && !isText(value))
      throw refusal(rule, `${name} in ${what} is ${shown(value)}, not a non-empty string`);
  if (extra !== undefined && !(Array.isArray(extra) && extra.every(isText)))
    throw refusal(
      rule,
      `extra in ${what} is ${shown(extra)}, not a list of non-empty strings`,
      'Write one string for each argument of sbatch: extra: ["--exclusive"].',
    );
  if (set === undefined) return;
  if (!isRecord(set) || !Object.values(set).every((value) => typeof value === "number" || isText(value)))
    throw refusal(rule, `set in ${what} is ${shown(set)}, not a record of non-empty strings and numbers`);
}

function refusal(rule: string, cause: string, hint?: string) {
  return cannot("read the rule", rule, cause, hint === undefined ? {} : { hint });
}

function unknownName(names: readonly string[], known: readonly string[]) {
  const name = names.find((one) => !known.includes(one));
  if (name === undefined) return null;
  const near = closest(name, known);
  return {
    name,
    hint: near === undefined ? `The names are ${known.join(", ")}.` : `Did you mean "${near}"?`,
  };
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
