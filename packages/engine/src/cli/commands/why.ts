/** The command `why`: explains outputs, each by the job that makes it. */
import { relative, resolve } from "node:path";
import { realFiles } from "../../disk/real-files.ts";
import { prepareAnew } from "../../dry-run.ts";
import { cannot, messageOf } from "../../errors.ts";
import { type RecordedOutput, recordedOutput, recordedText } from "../../report/provenance.ts";
import { type Why, whyOf, whyText } from "../../report/why.ts";
import { type NamedRule, ruleset } from "../../rules/ruleset.ts";
import { print } from "../print.ts";
import type { Project } from "../project.ts";

export async function whyCommand(project: Project, name: string): Promise<number> {
  const { options, folder, shown, workflow, open } = project;
  if (options.words.length === 0)
    throw cannot("say why", "", "no path is given", { hint: `As in: ${name} why out/table.csv` });
  const currentFolder = process.cwd();
  const { rules } = await open();
  const { settings } = workflow;
  const named = ruleset(rules, settings.constraints);
  const planned = (path: string) => {
    try {
      return prepareAnew({ rules, settings, targets: [path], folder });
    } catch (error) {
      const [cause = ""] = messageOf(error).split("\n");
      const recorded = recordedOutput(path, named, realFiles(folder), cause);
      if (recorded === null) throw error;
      return recorded;
    }
  };
  const explained = options.words.map((word) => {
    const path = outputOf(word, named, currentFolder, folder);
    if (path === null) return source(word, folder);
    const prepared = planned(path);
    if ("state" in prepared) return prepared;
    const file = prepared.plan.find(path);
    const job = file < 0 ? -1 : prepared.plan.maker(file);
    return job < 0 ? source(word, folder) : whyOf(prepared, job, path);
  });
  const text = options.json
    ? explained.map((why) => JSON.stringify(why)).join("\n")
    : explained.map((why) => textOf(why, shown)).join("\n\n");
  print(text);
  return 0;
}

interface Source {
  readonly path: string;
  readonly state: "source";
}

function source(path: string, folder: string): Source {
  if (realFiles(folder).stat(path) === null)
    throw cannot("say why", path, "no rule makes it and the file does not exist", {
      hint: "Give the path of an output, relative to the working folder.",
    });
  return { path, state: "source" };
}

function textOf(why: Why | RecordedOutput | Source, shown: (path: string) => string): string {
  if (why.state === "source") return whySource(why.path);
  return why.state === "recorded" ? recordedText(why) : whyText(why, shown);
}

function whySource(path: string): string {
  return `${path}: a source\n  no rule makes it; the engine uses it as it is`;
}

/**
 * The output that a word means: itself, as seen from the working folder, the folder of an output it lies in, or the only
 * output of a rule without wildcards. A path that is missing from an existing output folder means itself.
 */
function outputOf(
  word: string,
  rules: readonly NamedRule[],
  currentFolder: string,
  folder: string,
): string | null {
  const files = realFiles(folder);
  const isLacking = (path: string, within: string) =>
    files.stat(path) === null && files.stat(within)?.directory === true;
  const rule = rules.find((each) => each.name === word);
  if (rule !== undefined && rule.wildcards.length === 0 && rule.outputs[0] !== undefined)
    return rule.outputs[0].pattern.texts[0]!;
  const seen = relative(folder, resolve(currentFolder, word));
  for (const start of new Set([word, seen])) {
    const made = (path: string, directory: boolean) =>
      rules.some((each) =>
        each.outputs.some(
          (output) => (!directory || output.marks.directory === true) && output.match(path) !== null,
        ),
      );
    if (made(start, false) || rules.some(({ matchLog }) => matchLog?.(start) != null)) return start;
    for (let at = start.lastIndexOf("/"); at > 0; at = start.lastIndexOf("/", at - 1))
      if (made(start.slice(0, at), true))
        return isLacking(start, start.slice(0, at)) ? start : start.slice(0, at);
  }
  if (rule !== undefined)
    throw cannot("say why", word, "it is a rule, and only files are up to date or not", {
      hint:
        rule.outputs[0] === undefined
          ? "Ask for the path of an output."
          : `Ask for a path of the form "${rule.outputs[0].pattern.source}".`,
    });
  return null;
}
