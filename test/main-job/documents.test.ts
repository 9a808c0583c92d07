/** What the documents about the experiment show is run: every command, and what it prints. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agrees, type CodeBlock, codeBlocks, commandsOf } from "../cli/code-blocks.ts";
import { emptyFolder, root } from "../support/command.ts";

const documents = ["docs/the-experiment.md", "docs/results.md", "docs/your-own-question.md"];

const read = (document: string) => codeBlocks(readFileSync(join(root, document), "utf8"));

/** A folder in which `pnpm SCRIPT` is this project's, with a data folder as the documents describe one. */
function workplace() {
  const folder = emptyFolder();
  const bin = join(emptyFolder(), "bin");
  mkdirSync(bin);
  const scripts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as Record<
    string,
    string
  >;
  const cases = Object.entries(scripts)
    .filter(([name]) => name.startsWith("exp:"))
    .map(
      ([name, command]) =>
        `${name}) exec "${process.execPath}" "${root}scripts/start.mjs" ${command.split(" ").at(-1)} "$@";;`,
    );
  writeFileSync(
    join(bin, "pnpm"),
    `#!/bin/sh\nname=$1; shift\ncase $name in\n${cases.join("\n")}\nesac\nexit 9\n`,
  );
  chmodSync(join(bin, "pnpm"), 0o755);
  writeRivers(join(folder, "my-rivers"));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" };
  return {
    folder,
    run: (command: string) =>
      spawnSync("bash", ["-c", `${command} 2>&1`], { cwd: folder, env, encoding: "utf8" }),
  };
}

/** Two years of two made-up rivers. */
function writeRivers(folder: string): void {
  mkdirSync(folder);
  let observations = "site_id,date,discharge_cms,temp_c,nitrate_mg_l\n";
  let drivers = "site_id,date,prcp_mm,tmax_c,srad_wm2\n";
  for (const [s, site] of ["01022500", "14185000"].entries())
    for (let day = 0; day < 730; day++) {
      const date = new Date(Date.UTC(2000, 9, 1 + day)).toISOString().slice(0, 10);
      const rain = (day * (7 + s)) % 11;
      const warmth = 12 - 10 * Math.cos((2 * Math.PI * (day - 105)) / 365.25);
      observations += `${site},${date},${5 + rain},${warmth.toFixed(2)},${(day % 5) + s}\n`;
      drivers += `${site},${date},${rain},${(warmth + 2).toFixed(2)},${(200 + 10 * warmth).toFixed(0)}\n`;
    }
  writeFileSync(join(folder, "obs_file.csv"), observations);
  writeFileSync(join(folder, "input_file.csv"), drivers);
  writeFileSync(join(folder, "sites.csv"), "site_id\n01022500\n14185000\n");
}

/** A file of a document; models of a document need not be good ones. */
const quick = ({ text }: CodeBlock) => text.replace("epochs: 100", "epochs: 1");

describe.each(documents)("%s", (document) => {
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
