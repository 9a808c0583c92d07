/** What the documents about the experiment show is run: every command, and what it prints. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agrees, type CodeBlock, codeBlocks, commandsOf, experimentDocuments } from "../cli/code-blocks.ts";
import { root } from "../support/command.ts";
import { workplace } from "./workplace.ts";

const read = (document: string) => codeBlocks(readFileSync(join(root, document), "utf8"));

/** A file of a document; models of a document need not be good ones. */
const quick = ({ text }: CodeBlock) => text.replace("epochs: 100", "epochs: 1");

describe.each(experimentDocuments)("%s", (document) => {
  test("has no block that nothing checks", () => {
    for (const { line, language, file } of read(document))
      expect(file !== undefined || language === "console", `line ${line}: a block of "${language}"`).toBe(
        true,
      );
    expect(read(document).some(({ language }) => language === "console")).toBe(true);
  });

  test("shows what its commands print", () => {
    const { folder, run } = workplace();
    for (const block of read(document))
      if (block.file !== undefined) writeFileSync(join(folder, block.file), quick(block));
      else
        for (const { words, output } of commandsOf(block)) {
          const { status, stdout } = run(words);
          expect(status, `${words}\n${stdout}`).toBe(0);
          if (!agrees(output, stdout)) expect(stdout, `${document}:${block.line}: $ ${words}`).toBe(output);
        }
  }, 300_000);

  test("names tables and columns that there are", () => {
    const text = readFileSync(join(root, document), "utf8");
    for (const [, path] of text.matchAll(/\]\(([^)#]+)\)/g))
      if (!path!.startsWith("https:")) expect(() => readFileSync(join(root, "docs", path!))).not.toThrow();
  });
});
