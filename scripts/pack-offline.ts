/**
 * `pnpm bundle offline [FILE]`: this folder with its dependencies and Node in one archive, for machines without
 * a network. Unpacked anywhere, it runs: offline/node scripts/start.mjs experiments/multitask/main.ts
 *
 * `offline/node` is Node; on a system whose glibc is older than Node needs, with the glibc of this one beside it.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { makeStarter } from "./offline-starter.ts";

const help = `Usage: pnpm bundle offline [FILE]

  Packs the project's files, node_modules and Node itself into FILE [braid-offline.tar.gz].
  Leaves out results, generated data and caches. On the other machine:

    tar -xzf braid-offline.tar.gz && cd braid
    offline/node scripts/start.mjs experiments/multitask/main.ts -n --quiet
`;

const root = join(import.meta.dirname, "..");

function told(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status === 0) return stdout;
  console.error(`Cannot pack: ${program} failed: ${error?.message ?? stderr.trim()}`);
  process.exit(1);
}

/** The project's own files, those not yet committed too, and every folder of dependencies. */
function contents(): string[] {
  const own = told("git", ["ls-files", "--cached", "--others", "--exclude-standard"]).trim().split("\n");
  const folders = new Set(
    own.filter((path) => path.endsWith("package.json")).map((path) => path.slice(0, -12)),
  );
  const dependencies = [...folders]
    .map((folder) => `${folder}node_modules`)
    .filter((path) => existsSync(join(root, path)));
  return [...own.filter((path) => existsSync(join(root, path))), ...dependencies];
}

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) {
  process.stdout.write(help);
} else {
  if (!existsSync(join(root, "node_modules/.bin/node"))) {
    console.error(
      "Cannot pack: the Node for 64-bit Linux is not installed (npx -y pnpm@12 install brings it)",
    );
    process.exit(1);
  }
  const file = resolve(words[0] ?? "braid-offline.tar.gz");
  const folder = mkdtempSync(join(tmpdir(), "braid-pack-"));
  const list = join(folder, "list");
  writeFileSync(list, contents().join("\n"));
  makeStarter(folder, join(root, "node_modules/.bin/node"));
  told("tar", [
    "--create",
    "--gzip",
    "--file",
    file,
    "--transform",
    "s,^,braid/,S",
    "--exclude",
    "node_modules/.cache",
    "--files-from",
    list,
    "--directory",
    folder,
    "offline",
  ]);
  rmSync(folder, { recursive: true });
  console.log(`${file}: ${Math.round(statSync(file).size / 1e6)} MB`);
}
