/** Everything that the documents of the engine show is run or type-checked. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, installEngine, root } from "../support/command.ts";
import { agrees, type CodeBlock, codeBlocks, commandsOf, engineDocuments, steady } from "./code-blocks.ts";
import { braidCommand } from "./project.ts";

/** A fragment may use every public name and these of Node without importing them. */
const prelude = `import { readFileSync, writeFileSync } from "node:fs";
import * as engine from "braid-engine";
const { after, ancient, directory, ensure, expand, literal, madeBy, multiext, path, protect, report, rule, temp, touch, untracked, workflow, z } = engine;
export {};
`;

const read = (document: string) => codeBlocks(readFileSync(join(root, document), "utf8"));

/** A folder in which `npx braid` is this engine, and `npm` does nothing: a test of its own installs it. */
function workplace(): { folder: string; run(command: string): ReturnType<typeof spawnSync> } {
  const folder = emptyFolder();
  const bin = join(emptyFolder(), "bin");
  mkdirSync(bin);
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script("npm", ":");
  script("npx", `test "$1" = braid || exit 9; shift; exec "${process.execPath}" "${braidCommand}" "$@"`);
  installEngine(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" };
  return {
    folder,
    run: (command) => spawnSync("bash", ["-c", `${command} 2>&1`], { cwd: folder, env, encoding: "utf8" }),
  };
}

describe.each(engineDocuments)("%s", (document) => {
  test("has no block that nothing checks", () => {
    const allowed = document.endsWith("from-snakemake.md") ? ["python"] : [];
    for (const { line, language, file } of read(document))
      expect(
        file !== undefined || ["ts", "console", ...allowed].includes(language),
        `line ${line}: a block of "${language}"`,
      ).toBe(true);
  });

  test("has no table cell that is too long to read", () => {
    const rows = readFileSync(join(root, document), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("|"));
    expect(rows.flatMap((row) => row.split(/(?<!\\)\|/)).filter((cell) => cell.length > 150)).toEqual([]);
  });

  test("shows what its commands print", () => {
    const { folder, run } = workplace();
    for (const block of read(document)) {
      if (block.file !== undefined) {
        mkdirSync(dirname(join(folder, block.file)), { recursive: true });
        writeFileSync(join(folder, block.file), block.text);
      } else if (block.language === "console")
        for (const { words, output } of commandsOf(block)) {
          const printed = String(run(words).stdout);
          if (!agrees(output, printed))
            expect(steady(printed), `${document}:${block.line}: $ ${words}`).toBe(steady(output));
        }
    }
  });
});

test("the TypeScript of the documents compiles", () => {
  const { folder } = workplace();
  const fragments = engineDocuments.flatMap((document) =>
    read(document)
      .filter((block: CodeBlock) => block.language === "ts")
      .map((block) => ({ document, block })),
  );
  for (const { document, block } of fragments) {
    const whole = /^import .* from "braid-engine"/m.test(block.text);

    const before = whole ? "" : prelude;
    const name = `${basename(document, ".md")}-line-${block.line}.ts`;
    writeFileSync(join(folder, name), before + block.text);
  }
  const options = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(fragments.length).toBeGreaterThan(10);
});
