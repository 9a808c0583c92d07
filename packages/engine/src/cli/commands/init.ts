/** The command `init`: a small workflow with comments to start from. Never overwrites a file. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readConfigFile } from "../../config/files.ts";
import { cannot } from "../../errors.ts";
import type { Options } from "../options.ts";
import {
  configText,
  gitignoreText,
  packageText,
  testText,
  tsconfigText,
  workflowText,
} from "./init-files.ts";

/** Writes into the folder that is named, or the working folder. */
export function initCommand(workingFolder: string, { words }: Options): number {
  const [word, ...more] = words;
  if (more.length > 0) throw cannot("begin in", more[0]!, "init takes only one folder");
  const folder = resolve(workingFolder, word ?? ".");
  const taken = ["workflow.ts", "config.yml", "names.txt", "workflow.test.ts"].find((name) =>
    existsSync(join(folder, name)),
  );
  if (taken !== undefined)
    throw cannot("begin in", folder, `it already contains a ${taken}`, {
      hint: "Name another folder: init my-project.",
    });
  mkdirSync(folder, { recursive: true });
  const known = join(folder, "package.json");
  // Read before anything is written: a damaged one leaves the folder as it is.
  const found = existsSync(known) ? readConfigFile(known, "package.json").value : undefined;
  const files = [
    ["workflow.ts", workflowText],
    ["config.yml", configText],
    ["names.txt", "Ada\nGrace\nKatherine\n"],
    ["workflow.test.ts", testText],
    ["package.json", packageText(basename(folder))],
    ["tsconfig.json", tsconfigText],
    [".gitignore", gitignoreText],
  ] as const;
  const kept = files.filter(([name]) => existsSync(join(folder, name)));
  const written = files.filter((file) => !kept.includes(file));
  // `wx` refuses to overwrite a file that somebody has written in the meantime.
  for (const [name, text] of written) writeFileSync(join(folder, name), text, { flag: "wx" });
  const names = (some: typeof written) => some.map(([name]) => name).join(", ");
  const enter = word === undefined ? "" : `  cd ${word}\n`;
  const install = found === undefined ? "  npm install\n" : hintsFor(found);
  process.stdout.write(
    `Written to ${folder}: ${names(written)}\n${kept.length === 0 ? "" : `Left as they are: ${names(kept)}\n`}\n` +
      `Now:\n${enter}${install}` +
      "  npx braid -n                       which jobs would run, and why\n" +
      "  npx braid                          make everything that is missing or out of date\n" +
      "  npx braid why results/letters.txt  how a file was made\n" +
      "  npx braid --greeting Salut -n      what a changed config would make again\n" +
      "  node --test                        test the workflow\n",
  );
  return 0;
}

/** What an existing package still needs. */
function hintsFor(found: { type?: string; dependencies?: object; devDependencies?: object }): string {
  const installed = { ...found.dependencies, ...found.devDependencies };
  return [
    "braid-engine" in installed ? "" : "  npm install braid-engine\n",
    found.type === "module"
      ? ""
      : "  npm pkg set type=module            Node then reads workflow.ts as a module\n",
    "typescript" in installed ? "" : "  npm install -D typescript @types/node  for editors, and npx tsc\n",
  ].join("");
}
