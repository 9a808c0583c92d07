/**
 * Lays out in `pack/` what the npm package of the current folder holds: what was built, the README, and the documents and
 * examples that it links to, which in the repository lie elsewhere. Called by `pnpm pack` and `pnpm publish`.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const here = process.cwd();
const root = join(import.meta.dirname, "..");
const docs = join(root, "docs");
const target = join(here, "pack");

const { scripts, devDependencies, publishConfig, ...manifest } = JSON.parse(
  readFileSync(join(here, "package.json"), "utf8"),
);
rmSync(target, { recursive: true, force: true });
for (const part of manifest.files)
  if (existsSync(join(here, part))) cpSync(join(here, part), join(target, part), { recursive: true });
cpSync(join(root, "LICENSE"), join(target, "LICENSE"));

const { exports } = publishConfig;
writeFileSync(join(target, "package.json"), `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`);

const readme = readFileSync(join(here, "README.md"), "utf8").replaceAll("](../../docs/", "](docs/");
writeFileSync(join(target, "README.md"), readme);
const open = linked(readme)
  .map((link) => link.replace(/^docs\//, ""))
  .filter((link) => link.endsWith(".md"));
for (const name of open) {
  const text = readFileSync(join(docs, name), "utf8").replaceAll("](../packages/engine/", "](../");
  put(name, text);
  for (const link of linked(text)) {
    if (link.startsWith("../") || open.includes(link)) continue;
    if (link.endsWith(".md")) open.push(link);
    else put(link, readFileSync(join(docs, link)));
  }
}

/** @param {string} name @param {string | Buffer} content */
function put(name, content) {
  mkdirSync(dirname(join(target, "docs", name)), { recursive: true });
  writeFileSync(join(target, "docs", name), content);
}

/** Paths that a text links to, without the place in the file. @param {string} text */
function linked(text) {
  const links = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)].map(([, link = ""]) => link);
  return [...new Set(links)];
}
