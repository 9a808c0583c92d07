/** What a guess leaves open: a question at a terminal, else an error that names the key of the mapping. */
import { type BraidError, cannot } from "braid-engine";

/** One open question about files. */
export interface Question {
  readonly text: string;
  /** What can be answered on a terminal; any text where it is empty. */
  readonly choices: readonly string[];
  /** Stops the import where nobody can be asked. */
  readonly error: BraidError;
  /** The column of the data folder that it is about; null for the files as a whole. */
  readonly target: string | null;
  /** The mapping holds a proposed answer: who agrees with it need not edit anything. */
  readonly proposed?: boolean;
  /** What to write into the mapping, for its comments. */
  readonly todo: string;
  /** Writes the answer into the mapping. */
  answer(choice: string): void;
}

/** What a question is about. */
export interface About {
  /** The name of the section. */
  readonly file: string;
  readonly cause: string;
  readonly facts?: readonly (readonly [string, string])[];
  /** The path of the key in the mapping, below the section. */
  readonly key: readonly string[];
  readonly choices: readonly string[];
  answer(choice: string): void;
}

/** A question, and the error in its place. */
export function question({ file, cause, facts = [], key, choices, answer }: About): Question {
  const listed = choices.every((choice) => facts.some(([label]) => label === choice));
  return {
    text: [`${file}: ${cause}`, ...facts.map(([label, text]) => `  ${label}: ${text}`)].join("\n"),
    choices,
    error: cannot("import", file, cause, {
      facts: [
        ...facts,
        ["key", ["files", `"${file}"`, ...key].join(" > ")],
        ...(listed ? [] : [["one of", choices.join(", ")] as const]),
      ],
    }),
    target: key[0] === "columns" ? (key[1] ?? null) : null,
    todo: `set ${key.at(-1)}${choices.length === 0 ? "" : `: ${choices.join(" or ")}`}`,
    answer,
  };
}

/** A name as a hint writes it in YAML. */
export function quoted(name: string | undefined): string {
  if (name === undefined) return "...";
  return /^[A-Za-z][\w ]*$/.test(name) ? name : JSON.stringify(name);
}
