/**
 * A profile: a YAML file of options for one machine or cluster, by their long names. It fills what the
 * command line leaves open; that of the workflow comes before that of the machine.
 */
import { resolve } from "node:path";
import { readConfigFile } from "../config/file.ts";
import { BraidError, cannot } from "../errors.ts";
import { executorSections } from "../executors/settings-file.ts";
import { ownOptions } from "./option-table.ts";
import type { Given } from "./parse.ts";

/** The options that name one, the weaker first. */
export const profileOptions: readonly string[] = ["profile", "workflow-profile"];

/** The options of the profile at `path`, relative to the current folder, as if they were typed. */
export function readProfile(path: string): Map<string, Given> {
  const { value } = readConfigFile(resolve(path), path);
  const sections: readonly string[] = executorSections;
  const options = Object.entries(value).filter(([name]) => !sections.includes(name));
  return new Map(
    options.map(([said, told]) => {
      const name = ownOptions.find(({ aliases }) => aliases?.includes(said))?.flag ?? said;
      return [name, asGiven(path, name, told)];
    }),
  );
}

/** What is wrong with the options of a profile is told with its name. */
export function inProfile<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    throw cannot("read the profile", path, error.message.replace(/^C/, "c"), { cause: error });
  }
}

function asGiven(profile: string, name: string, told: unknown): Given {
  const wrong = (what: string) =>
    cannot("read the profile", profile, what, {
      facts: [["option", name]],
      hint: "A profile has options by their long names: `jobs: 4`, `keep-going: true`, `resources: { gpu: 1 }`.",
    });
  const option = ownOptions.find((each) => each.flag === name);
  if (profileOptions.includes(name)) throw wrong("a profile cannot name another one");
  if (typeof told === "boolean") {
    if (option !== undefined && option.takes !== "nothing") throw wrong(`${name} needs a value`);
    return told;
  }
  if (option?.words !== undefined && [told].flat().every((word) => option.words!.includes(String(word))))
    return true;
  if (option?.takes === "nothing") throw wrong(`${name} is true or false`);
  const several = option?.takes === "many" || Array.isArray(told);
  if (told === null || told === undefined) throw wrong(`${name} has no value`);
  if (Array.isArray(told)) return told.map(String);
  if (typeof told === "object") {
    if (option?.takes !== "many") throw wrong(`${name} is a map`);
    return Object.entries(told).flatMap(([key, amount]) =>
      typeof amount === "object" && amount !== null
        ? Object.entries(amount).map(([inner, of]) => `${key}:${inner}=${of}`)
        : [`${key}=${amount}`],
    );
  }
  return several ? [String(told)] : String(told);
}
