/** The command `init`: a small workflow with comments to start from. Never overwrites a file. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { readConfigFile } from "../../config/files.ts";
import { cannot } from "../../errors.ts";
import { version } from "../../packages.ts";
import type { Options } from "../options.ts";

/** Writes into the folder that is named, or the working folder. */
export function initCommand(workingFolder: string, { words }: Options): number {
  const [word, ...more] = words;
  if (more.length > 0) throw cannot("begin in", more[0]!, "one folder is enough");
  const folder = resolve(workingFolder, word ?? ".");
  const taken = ["workflow.ts", "config.yml", "names.txt"].find((name) => existsSync(join(folder, name)));
  if (taken !== undefined)
    throw cannot("begin in", folder, `there is a ${taken} already`, {
      hint: "Name another folder: init my-project.",
    });
  mkdirSync(folder, { recursive: true });
  const known = join(folder, "package.json");
  // Read before anything is written: a damaged one leaves the folder as it is.
  const found = existsSync(known) ? readConfigFile(known, "package.json").value : undefined;
  const written = [
    ["workflow.ts", workflowText],
    ["config.yml", configText],
    ["names.txt", "Ada\nGrace\nKatherine\n"],
    ...(found === undefined ? [["package.json", packageText(basename(folder))]] : []),
  ] as const;
  for (const [name, text] of written) writeFileSync(join(folder, name!), text!);
  const enter = word === undefined ? "" : `  cd ${word}\n`;
  const install = found === undefined ? "  npm install\n" : hintsFor(found);
  process.stdout.write(
    `Written to ${folder}: ${written.map(([name]) => name).join(", ")}\n\nNow:\n${enter}${install}` +
      "  npx braid -n                       which jobs would run, and why\n" +
      "  npx braid                          make everything that is missing or out of date\n" +
      "  npx braid why results/letters.txt  how a file was made\n" +
      "  npx braid --greeting Salut -n      what a changed config would make again\n",
  );
  return 0;
}

/** What an existing package still needs. */
function hintsFor(found: { type?: string; dependencies?: object; devDependencies?: object }): string {
  const has = "braid-engine" in { ...found.dependencies, ...found.devDependencies };
  return [
    has ? "" : "  npm install braid-engine\n",
    found.type === "module"
      ? ""
      : "  npm pkg set type=module            Node then reads workflow.ts as a module\n",
  ].join("");
}

const workflowText = `/** A workflow: rules say how to make files from files. Start it with \`npx braid\`. */
import { readFileSync, writeFileSync } from "node:fs";
import { expand, path, rule, workflow, z } from "braid-engine";

export default workflow({
  // Each key stands in config.yml, and is an option of the command line too: --greeting Salut
  config: z.strictObject({
    greeting: z.string().default("Hello").describe("How each letter begins"),
    names: path().default("names.txt").describe("A file with a name per line"),
  }),

  // What must be read or fetched before the rules are known.
  resolve: ({ greeting, names }) => ({
    greeting,
    names,
    people: readFileSync(names, "utf8").split("\\n").filter((name) => name !== ""),
  }),

  rules: ({ greeting, people }) => {
    // {name} is a wildcard: this one rule makes a letter for every name that is asked for.
    const letter = rule({
      output: "results/letter_{name}.txt",
      params: { greeting }, // a change here makes the letters again
      run: ({ output, wildcards, params }) => {
        writeFileSync(output, \`\${params.greeting} \${wildcards.name}!\\n\`);
      },
    });

    // A gather: the letters of all people become one file.
    const letters = rule({
      input: expand(letter.output, { name: people }),
      output: "results/letters.txt",
      run: ({ input, output }) => {
        writeFileSync(output, input.map((path) => readFileSync(path, "utf8")).join(""));
      },
    });

    // The first rule is what is made when nothing else is asked for.
    return { all: rule({ input: letters.output }), letters, letter };
  },
});
`;

const configText = `# Paths are relative to this file.
greeting: Hello
names: names.txt
`;

function packageText(folder: string): string {
  const name =
    folder
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._-]+/, "") || "workflow";
  const content = {
    name,
    private: true,
    type: "module",
    engines: { node: ">=22.18" },
    scripts: { start: "braid" },
    dependencies: { "braid-engine": `^${version()}` },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
