/** What an option of the engine's own is, and how a group of them is written down. */
import type { Command } from "../../rules/reserved.ts";

export interface EngineOption {
  /** The name without dashes. */
  readonly flag: string;
  /** One letter, and other names that mean the same. */
  readonly letter?: string;
  readonly aliases?: readonly string[];
  /** What follows: nothing, one text, an optional one, or several. */
  readonly takes: "nothing" | "one" | "maybe one" | "many";
  /** What may stand behind an option that takes nothing, and changes nothing. */
  readonly words?: readonly string[];
  /** What follows, as help shows it: `N`. */
  readonly value?: string;
  /** The heading in help. */
  readonly group: string;
  readonly text: string;
  /** The commands that have it. */
  readonly of: readonly Command[];
}

/** Options under one heading; those that do not say whose they are belong to `run`. */
export function optionGroup(group: string, options: readonly OptionEntry[]): EngineOption[] {
  return options.map((option) => ({ of: ["run"], ...option, group }));
}

type OptionEntry = Omit<EngineOption, "group" | "of"> & Partial<Pick<EngineOption, "of">>;

/** The commands that plan, and read a workflow's config for it. */
export const planning: readonly Command[] = ["run", "why", "results"];
