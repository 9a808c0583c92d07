/**
 * Builds the npm package of the current folder and lays it out in `pack/`: what was built, the README, and the documents and
 * examples that it links to, which are elsewhere in the repository. Packing starts this script before (`prepack`), and with
 * `--restore` after (`postpack`).
 *
 * pnpm packs `pack/`, because `publishConfig.directory` names it. npm packs the package's own folder: while it does, this
 * folder contains the files of `pack/` instead of its own.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { env } from "node:process";

const here = process.cwd();
const root = join(import.meta.dirname, "..");
const docs = join(root, "docs");
const target = join(here, "pack");
/** The package's own files, while npm packs the published ones. */
const aside = join(target, "aside");
const isNpm = /^npm\//.test(env.npm_config_user_agent ?? "");

// First, in case an earlier npm was killed while it packed.
restore();
if (!process.argv.includes("--restore")) {
  build();
  layOut();
  if (isNpm) moveIn();
}

/** Builds with the package manager that packs: others may not be installed. */
function build() {
  const manager = env.npm_execpath ?? "npm";
  const words = ["run", "build"];
  const [command, args] = /\.[cm]?js$/.test(manager)
    ? [process.execPath, [manager, ...words]]
    : [manager, words];
  // To standard error, because packing may print JSON.
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, 2] });
  if (error !== undefined) console.error(`Cannot start "${manager}": ${error.message}`);
  if (status !== 0) process.exit(1);
}

function layOut() {
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
  putDocuments(readme);
}

/** @param {string} readme */
function putDocuments(readme) {
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

/** Sets the package's own files aside, and puts the published ones in their place. */
function moveIn() {
  const names = readdirSync(target).filter((name) => !["bin", "dist", "examples"].includes(name));
  const own = names.filter((name) => existsSync(join(here, name)));
  mkdirSync(aside);
  for (const name of own) cpSync(join(here, name), join(aside, name), { recursive: true });
  // Only now: from here on, `restore` may remove the package's own files.
  writeFileSync(join(aside, "names.json"), JSON.stringify(names));
  for (const name of names) cpSync(join(target, name), join(here, name), { recursive: true });
}

/** Puts the package's own files back, if they are set aside. */
function restore() {
  if (!existsSync(join(aside, "names.json"))) return;
  for (const name of JSON.parse(readFileSync(join(aside, "names.json"), "utf8"))) {
    rmSync(join(here, name), { recursive: true, force: true });
    if (existsSync(join(aside, name))) cpSync(join(aside, name), join(here, name), { recursive: true });
  }
  rmSync(aside, { recursive: true });
}
