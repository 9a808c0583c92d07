/** The commands of the command line; no rule may have such a name, so that a target is never taken for one. */
export const commands = ["run", "why", "status", "ui", "results", "init", "doctor"] as const;

export type Command = (typeof commands)[number];

export function isCommand(word: string | undefined): word is Command {
  return (commands as readonly (string | undefined)[]).includes(word);
}
