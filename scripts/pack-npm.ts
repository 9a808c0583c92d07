/** `pnpm bundle npm [FOLDER]`: checks that the npm packages are ready for a release, and packs them. */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Manifest, releaseFaults, repositoryAddress, withRepository } from "./release-faults.ts";

const help = `Usage: pnpm bundle npm [FOLDER] [--tag TAG]
       pnpm bundle npm --repository URL

  Packs the public packages into FOLDER [npm-packages], one archive each, or says what is missing for a release.
  docs/releasing.md has the whole procedure.

  --tag TAG         the tag that starts the release: it has to name the version of the packages
  --repository URL  write the address of the repository (https://github.com/OWNER/NAME) into every package.json
  --help            print this
`;

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const folders = globSync(
  ["packages/*/package.json", "{data,test}/package.json", "experiments/*/package.json"],
  {
    cwd: root,
  },
)
  .map((path) => dirname(path).replaceAll("\\", "/"))
  .sort();
const manifestOf = (folder: string): Manifest => JSON.parse(read(join(folder, "package.json")));

function refuse(action: string, causes: readonly string[]): number {
  console.error(`Cannot ${action}:\n${causes.map((cause) => `  - ${cause}`).join("\n")}`);
  return 2;
}

function setRepository(text: string): number {
  const url = repositoryAddress(text);
  if (url === undefined)
    return refuse("set the repository", [`"${text}" is no address like https://github.com/OWNER/NAME.`]);
  for (const folder of [".", ...folders]) {
    const manifest = withRepository(manifestOf(folder), url, folder);
    writeFileSync(join(root, folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  }
  spawnSync(process.execPath, [
    join(root, "node_modules/@biomejs/biome/bin/biome"),
    "format",
    "--write",
    ...[".", ...folders].map((folder) => join(root, folder, "package.json")),
  ]);
  console.log(`Every package.json names ${url}.`);
  return 0;
}

function pack(target: string, tag: string | undefined): number {
  const published = folders.filter((folder) => manifestOf(folder).private !== true);
  const faults = releaseFaults({
    manifests: published.map(manifestOf),
    readmes: published.map((folder) => read(join(folder, "README.md"))),
    changelog: read("CHANGELOG.md"),
    changesets: readdirSync(join(root, ".changeset")).filter(
      (name) => name.endsWith(".md") && name !== "README.md",
    ),
    tag,
  });
  if (faults.length > 0) return refuse("pack the npm packages", faults);
  mkdirSync(target, { recursive: true });
  for (const folder of published) {
    const words = [
      "-y",
      "--prefer-offline",
      "pnpm@12",
      "--dir",
      join(root, folder),
      "pack",
      "--pack-destination",
      target,
    ];
    const { status } = spawnSync("npx", words, { cwd: root, stdio: "inherit" });
    if (status !== 0) return refuse("pack the npm packages", [`${folder} cannot be packed: see above.`]);
  }
  return 0;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tag: { type: "string" },
    repository: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) process.stdout.write(help);
else if (values.repository !== undefined) process.exitCode = setRepository(values.repository);
else process.exitCode = pack(resolve(positionals[0] ?? "npm-packages"), values.tag);
