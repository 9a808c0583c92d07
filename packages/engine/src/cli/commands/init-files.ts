/** The files that `init` writes. */
import { version } from "../../packages.ts";

export const workflowText = `/** A workflow: rules say how to make files from files. Start it with \`npx braid\`. */
import { readFileSync, writeFileSync } from "node:fs";
import { expand, path, rule, workflow, z } from "braid-engine";

export default workflow({
  // Set these keys in config.yml, or as options of the command line: --greeting Salut
  config: z.strictObject({
    greeting: z.string().default("Hello").describe("How each letter begins"),
    names: path().default("names.txt").describe("A file with a name per line"),
  }),

  // Reads or fetches what the rules depend on.
  resolve: ({ greeting, names }) => ({
    greeting,
    names,
    people: readFileSync(names, "utf8").split("\\n").filter((name) => name !== ""),
  }),

  rules: ({ greeting, people }) => {
    // {name} is a wildcard: this one rule makes the letter of any name.
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

    // Without a target on the command line, Braid makes the first rule.
    return { all: rule({ input: letters.output }), letters, letter };
  },
});
`;

export const configText = `# Paths are relative to this file.
greeting: Hello
names: names.txt
`;

export const testText = `/** Tests of the workflow: \`npm test\`. Each runs in its own folder. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { dryRun, openWorkflow, run } from "braid-engine/run";

const file = new URL("./workflow.ts", import.meta.url);

beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), "letters-")));
  writeFileSync("names.txt", "Ada\\nGrace\\n");
});

test("each name gets a letter", async () => {
  const letters = await openWorkflow(file, { config: { names: "names.txt", greeting: "Good day" } });
  const { outcome } = await run({ ...letters, slots: 1 });
  assert.equal(outcome, "done");
  assert.equal(readFileSync("results/letters.txt", "utf8"), "Good day Ada!\\nGood day Grace!\\n");
});

test("a new name needs one new letter", async () => {
  await run({ ...(await openWorkflow(file)), slots: 1 });
  writeFileSync("names.txt", "Ada\\nGrace\\nAlan\\n");
  const ahead = dryRun(await openWorkflow(file)).jobs();
  assert.deepEqual(
    ahead.map(({ rule }) => rule),
    ["letter", "letters", "all"],
  );
  assert.deepEqual(ahead[0]?.wildcards, { name: "Alan" });
});
`;

/** Node runs the TypeScript files as they are; the compiler only checks them. */
export const tsconfigText = `{
  "compilerOptions": {
    "target": "es2023",
    "lib": ["es2024"],
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true
  }
}
`;

export const gitignoreText = `node_modules/
results/
# The records of earlier runs. Without them, Braid decides by the times of files what to run again.
.braid/
`;

export function packageText(folder: string): string {
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
    scripts: { start: "braid", plan: "braid -n", test: "node --test", typecheck: "tsc" },
    dependencies: { "braid-engine": `^${version()}` },
    devDependencies: { "@types/node": "^24.0.0", typescript: "^7.0.2" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}
