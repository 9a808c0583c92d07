/** What a stranger reads of each package first: the fields of its package.json, and its README, whose examples are run. */
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { agrees, codeBlocks, commandsOf, packageDocuments } from "../cli/code-blocks.ts";
import { emptyFolder, root } from "../support/command.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const { packages: patterns } = parse(read("pnpm-workspace.yaml")) as { packages: string[] };
const folders = globSync(
  patterns.map((pattern) => `${pattern}/package.json`),
  { cwd: root },
).map(dirname);
const manifestOf = (folder: string) => JSON.parse(read(join(folder, "package.json")));

describe.each([".", ...folders])("the package.json in %s", (folder) => {
  const manifest = manifestOf(folder);

  test("says what the package is, for whom and under which license", () => {
    expect(manifest).toMatchObject({ license: "Apache-2.0", type: "module" });
    expect(manifest.description).toMatch(/\S{3}.{15}/);
    expect(manifest.keywords.length).toBeGreaterThan(1);
    expect(manifest.engines.node).toMatch(/^>=\d+/);
  });

  test("is either private or laid out for npm", () => {
    if (manifest.private !== true)
      expect(manifest).toMatchObject({ publishConfig: { directory: "pack" }, files: expect.any(Array) });
    else expect(manifest.publishConfig).toBeUndefined();
  });

  test("names the repository and where to report faults as all others do", () => {
    const { repository, bugs } = manifestOf(".");
    expect(manifest.bugs).toEqual(bugs);
    expect(manifest.repository?.url).toBe(repository?.url);
    if (repository !== undefined && folder !== ".") expect(manifest.repository.directory).toBe(folder);
  });
});

describe.each(folders)("the README of %s", (folder) => {
  test("says what the package is for, how it is installed, and has an example", () => {
    expect(existsSync(join(root, folder, "README.md"))).toBe(true);
    const text = read(join(folder, "README.md"));
    const [heading, purpose] = text.split(/\n\n+/);
    expect(heading).toMatch(/^# \S/);
    expect(purpose!.length).toBeGreaterThan(60);
    expect(text).toMatch(/\binstall/i);
    expect(codeBlocks(text).length > 0 || /`pnpm \w/.test(text)).toBe(true);
  });

  test("links to files that there are", () => {
    const links = [...read(join(folder, "README.md")).matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)];
    expect(links.filter(([, link]) => !existsSync(join(root, folder, link!)))).toEqual([]);
  });
});

/** A folder in which the packages of the workspace are installed. */
function workplace(): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, "node_modules/@braid"), { recursive: true });
  for (const each of folders)
    symlinkSync(join(root, each), join(folder, "node_modules", manifestOf(each).name), "junction");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return folder;
}

test.each(packageDocuments)("%s shows what its example prints", (document) => {
  const folder = workplace();
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, NO_COLOR: "1" };
  const blocks = codeBlocks(read(document));
  for (const { file, text } of blocks) if (file !== undefined) writeFileSync(join(folder, file), text);
  const commands = blocks.filter(({ language }) => language === "console").flatMap(commandsOf);
  expect(commands.length).toBeGreaterThan(0);
  for (const { words, output } of commands) {
    const { status, stdout, stderr } = spawnSync("bash", ["-c", words], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    // A backend that not every machine has prints its device, or why it cannot be opened.
    if (output === "...")
      expect(stdout).toMatch(/^(trains on (gpu|native|tfjs) \(.+\)|Cannot open .+: .+)\n/);
    else if (!agrees(output, stdout)) expect(stdout).toBe(output);
  }
});

/** What the fragment of a README takes as given. */
const given: Readonly<Record<string, string>> = {
  "docs/from-code.md": "",
  "packages/cluster/README.md": `import type { Queue } from "braid-cluster";
declare const [rules, folder, queue, url, resolved]: [never, string, Queue, string, unknown];
`,
};

test("the TypeScript of the READMEs compiles", () => {
  const folder = workplace();
  const sources = [...packageDocuments, ...Object.keys(given)].flatMap((document) =>
    codeBlocks(read(document))
      .filter(({ language }) => language === "ts")
      .map(({ text, line }) => ({ name: `${document.replaceAll("/", "-")}-${line}.ts`, document, text })),
  );
  expect(sources.length).toBeGreaterThanOrEqual(7);
  for (const { name, document, text } of sources)
    writeFileSync(join(folder, name), (given[document] ?? "") + text);
  const options = {
    extends: join(root, "tsconfig.base.json"),
    compilerOptions: { typeRoots: [join(root, "node_modules/@types")] },
    include: ["*.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const { stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
});
