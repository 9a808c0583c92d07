/** Runs a study as a command whose options are numbers, and which prints tables. */
import { runCommand } from "@braid/data/command";
import { cannot } from "braid-engine";

/** Reads the options of a study. Each throws, with an example, if a value does not fit. */
export interface StudyOptions<O extends string> {
  /** Numbers with commas between them, or one number. */
  numbers(option: O, fits?: (value: number) => boolean): number[];
  number(option: O, fits?: (value: number) => boolean): number;
  /** A whole number above 0. */
  count(option: O): number;
}

/** Runs the command `name`, which `does` something; `defaults` are the values of its options as the user would type them. */
export function runStudy<const O extends string>(
  { name, does }: { readonly name: string; readonly does: string },
  defaults: Readonly<Record<O, string>>,
  study: (options: StudyOptions<O>) => string,
): Promise<void> {
  const pairs = Object.entries<string>(defaults);
  const example = pairs.map(([option, value]) => `--${option} ${value}`).join(" ");
  return runCommand({
    help: `Usage: ${name} [OPTION ...]\n\n  ${does}\n\n  The options and their defaults: ${example}`,
    options: Object.fromEntries(pairs.map(([option]) => [option, { type: "string" as const }])),
    folders: 0,
    async run(values) {
      console.log(study(optionsOf({ ...defaults, ...values }, example)));
      return 0;
    },
  });
}

function optionsOf<O extends string>(values: Readonly<Record<O, string>>, example: string): StudyOptions<O> {
  const read = (option: O, text: string, fits: (value: number) => boolean) => {
    const value = Number(text);
    if (text.trim() !== "" && fits(value)) return value;
    throw cannot("read option", `--${option}`, `its value is "${values[option]}"`, {
      hint: `For example: ${example}`,
    });
  };
  const number: StudyOptions<O>["number"] = (option, fits = Number.isFinite) =>
    read(option, values[option], fits);
  return {
    number,
    numbers: (option, fits = Number.isFinite) =>
      values[option].split(",").map((text) => read(option, text, fits)),
    count: (option) => number(option, (value) => Number.isSafeInteger(value) && value > 0),
  };
}
