/**
 * `pnpm data import FILES... --out FOLDER`: files of one's own become a data folder, which is then checked. A folder instead of
 * files is a published data set.
 */
import { statSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { cannot } from "braid-engine";
import { checkImport } from "./check-import.ts";
import { outFolder, runCommand } from "./command.ts";
import { type Dialogue, importFiles } from "./import/import-files.ts";
import { importPublished } from "./import-published.ts";
import { layouts } from "./layouts/index.ts";

const name = "pnpm data import";

const help = `Usage: ${name} FILE... --out FOLDER [--mapping FILE] [--yes] [--strict]
       ${name} FOLDER --out FOLDER [--layout NAME] [--forcing PRODUCT]

Makes a data folder (obs_file.csv, input_file.csv, sites.csv, config.yml) from CSV or Parquet files with observations,
drivers and attributes of sites. Tables may be long (a row per site and day), wide (a column per site), or one file per
site. Column names, units, dates, separators and decimal commas are recognised. The mapping of columns is shown, and
written to FOLDER/mapping.yml once it is confirmed: the next import of the same files uses it.

A folder is a published data set, as unpacked from its archives: CAMELS-US, CAMELS-GB, CAMELS-CL, CAMELS-DE or Caravan
(CSV or NetCDF). Its layout is recognised, and needs no mapping.

  --out FOLDER        the data folder to write
  --mapping FILE      a mapping of your own, in YAML
  --yes               accept the guessed mapping without asking
  --strict            stop at the first row that cannot be read, instead of leaving out its site
  --layout NAME       ${layouts.map((layout) => layout.name).join(", ")}: which data set to import, if a folder holds several
  --forcing PRODUCT   of CAMELS-US: ${layouts[0]!.forcings!.join(", ")}
  --help              print this help

Exit code: 0 a run can use the folder, 1 it cannot, 2 wrong arguments or files that cannot be imported`;

await runCommand({
  help,
  folders: "files",
  options: {
    out: { type: "string" },
    mapping: { type: "string" },
    yes: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    layout: { type: "string" },
    forcing: { type: "string" },
  },
  async run({ out: given, mapping, yes, strict, layout, forcing }, files) {
    const out = outFolder(given, `${name} ${files.join(" ")}`);
    const folder = publishedFolder(files, { layout, forcing, mapping });
    if (folder !== null) return importPublished(folder, out, name, { layout, forcing });
    const imported = await importFiles({ files, out, mapping, yes, strict }, dialogue());
    if (imported.notes.length > 0) console.log(`${imported.notes.join("\n")}\n`);
    return checkImport(out, imported);
  },
});

/** The folder of a published data set; null if the arguments are files of one's own. @throws if they are both. */
function publishedFolder(
  paths: readonly string[],
  { mapping, ...options }: { readonly [name in "layout" | "forcing" | "mapping"]: string | undefined },
): string | null {
  const option = Object.entries(options).find(([, value]) => value !== undefined)?.[0];
  const [first = "", ...more] = paths;
  if (option === undefined && !paths.some(isFolder)) return null;
  if (more.length > 0)
    throw cannot(
      "import",
      paths.slice(0, 3).join(" "),
      "a published data set must be one folder, without other paths",
      {
        hint:
          option === undefined
            ? "Import it without the other files, or name all files and no folder."
            : `--${option} is about such a folder: leave it out to import files of your own.`,
      },
    );
  if (mapping !== undefined)
    throw cannot("use mapping", mapping, "a published data set needs none", {
      hint: "To map columns yourself, name the files and not their folder.",
    });
  return first;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Asks on the terminal; nobody where there is none. */
function dialogue(): Dialogue {
  const show = (text: string) => console.log(text);
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return { show, ask: null };
  return {
    show,
    async ask({ text, choices }) {
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      try {
        for (;;) {
          const prompt = choices.length === 0 ? "> " : `${choices.join(" or ")}? `;
          const answer = (await reader.question(`${text}\n${prompt}`)).trim();
          if (choices.length === 0 && answer !== "") return answer;
          const found = choices.filter((choice) => choice.toLowerCase().startsWith(answer.toLowerCase()));
          const exact = choices.find((choice) => choice === answer);
          if (exact !== undefined) return exact;
          if (answer !== "" && found.length === 1) return found[0]!;
          console.log("Answer with one of these.");
        }
      } finally {
        reader.close();
      }
    },
  };
}
