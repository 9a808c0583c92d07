/**
 * The settings of a workflow for all its rules, the triggers that make an output out of date, and the names of commands,
 * which no rule may have.
 */
import type { Summary } from "../events.ts";
import type { Constraints } from "../patterns/pattern.ts";

/** Lists of rule names: of several rules that can make a file, the one named first makes it. */
export type RuleOrder = readonly (readonly string[])[];

export interface Settings {
  /** The rule that is asked for where the user names no target; else the first. */
  readonly defaultTarget?: string;
  readonly ruleOrder?: RuleOrder;
  /** Regular expressions of wildcards, for rules that say nothing else. */
  readonly constraints?: Constraints;
  readonly hooks?: Hooks;
}

/** Called by a run; not by a dry run, and not where nothing is to be done. */
export interface Hooks {
  readonly onStart?: () => void | Promise<void>;
  readonly onSuccess?: (summary: Summary) => void | Promise<void>;
  /** Some job failed, or the run was interrupted. */
  readonly onError?: (summary: Summary) => void | Promise<void>;
}

/**
 * What can make an output out of date: the content of inputs, the list of inputs and their roles, params, code, the
 * environment of commands or the prefix that starts them, and an edit of the output itself.
 */
export const triggers = ["mtime", "input", "params", "code", "software-env", "output"] as const;
export type Trigger = (typeof triggers)[number];

/** The commands of the command line; no rule may have such a name, so that a target is never taken for one. */
export const commands = ["run", "why", "status", "ui", "results", "init", "doctor"] as const;

export type Command = (typeof commands)[number];

export function isCommand(word: string | undefined): word is Command {
  return (commands as readonly (string | undefined)[]).includes(word);
}
