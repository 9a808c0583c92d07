/** The scripts of package.json put the experiment's name in front of what the user types: `main.ts expB -n` is `pnpm exp:b -n`. */

/** Experiments that have a script of their own. */
const withScript = /^exp([A-D])$/;

export interface StartedAs {
  /** What the user types. */
  readonly name: string;
  /** Options of the config that hold unless the user gives them. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
}

/** What a user types to run an experiment. */
export function commandOf(experiment: string): string {
  const [, letter] = withScript.exec(experiment) ?? [];
  return letter === undefined ? `pnpm exp:a --experiment ${experiment}` : `pnpm exp:${letter.toLowerCase()}`;
}

/** Without a name in front it is `pnpm exp:a`, which runs the experiment that the config chooses. */
export function startedAs(words: readonly string[]): StartedAs {
  const [experiment = "", ...argv] = words;
  if (!withScript.test(experiment)) return { name: "pnpm exp:a", defaults: {}, argv: words };
  return { name: commandOf(experiment), defaults: { experiment }, argv };
}
