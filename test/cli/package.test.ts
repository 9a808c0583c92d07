/** `@braid/engine` as a user gets it: packed, installed into an empty folder with npm, started there. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, root } from "../support/command.ts";

const folder = emptyFolder();
// A script runner's settings for this repository are not those of a user's folder.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name) || /registry|cache/i.test(name)),
);

function command(name: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(name, args, { cwd, encoding: "utf8", env });
  return { status, stdout, stderr };
}

let archive = "";
/** Why the archive could not be installed; null where it was. */
let unreachable: string | null = null;

beforeAll(() => {
  const packed = command(
    "npx",
    ["-y", "pnpm@12", "--dir", join(root, "packages/engine"), "pack", "--pack-destination", folder],
    root,
  );
  expect(packed.status, packed.stdout + packed.stderr).toBe(0);
  archive = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  const installed = command(
    "npm",
    ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive}`],
    folder,
  );
  if (installed.status === 0) return;
  unreachable = installed.stderr;
  if (
    process.env.CI !== undefined ||
    !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(unreachable)
  )
    throw new Error(`npm install failed:\n${unreachable}`);
}, 300_000);

describe("the packed engine", () => {
  test("holds what was built and the launcher, not the sources and tests", () => {
    const { stdout } = command("tar", ["tzf", archive], folder);
    const files = stdout.trim().split("\n");
    for (const file of [
      "bin/braid.js",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/executors/worker.js",
      "README.md",
      "LICENSE",
    ])
      expect(files).toContain(`package/${file}`);
    expect(files.filter((file) => /\.test\.|\/src\/|\/testing\//.test(file))).toEqual([]);
  });

  test("holds every document, figure and example that its texts link to", () => {
    const { stdout } = command("tar", ["tzf", archive], folder);
    const files = stdout.trim().split("\n");
    const broken = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => {
        const text = command("tar", ["xzOf", archive, file], folder).stdout;
        const links = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#]+)/g)].map(([, link]) => link!);
        expect(links.length, file).toBeGreaterThan(file.endsWith("when-jobs-rerun.md") ? -1 : 0);
        return links.map((link) => posix.join(posix.dirname(file), link));
      })
      .filter((link) => !files.some((file) => file === link || file.startsWith(`${link}/`)));
    expect(broken).toEqual([]);
    expect(files).toContain("package/docs/from-snakemake.md");
    expect(files).toContain("package/examples/words/workflow.ts");
  });

  test("begins a workflow and runs it", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const braid = (...args: string[]) => command(join(folder, "node_modules/.bin/braid"), args, folder);
    expect(braid("--version").stdout).toBe("0.1.0\n");
    const begun = braid("init");
    expect(begun).toMatchObject({ status: 0, stderr: "" });
    expect(begun.stdout).toContain("  npm pkg set type=module ");
    expect(begun.stdout).not.toContain("npm install");
    command("npm", ["pkg", "set", "type=module"], folder);
    expect(braid("-n", "--quiet").stdout).toMatch(/letter +3\nletters +1\ntotal +5\n/);
    expect(braid("run", "workflow.ts")).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(folder, "results/letters.txt"), "utf8")).toBe(
      "Hello Ada!\nHello Grace!\nHello Katherine!\n",
    );
    expect(braid().stdout).toBe("Nothing to be done: everything asked for is up to date.\n");
    expect(braid("--dag", "svg").stdout).toContain("name=Ada");
    expect(existsSync(join(folder, "package.json"))).toBe(true);
  });

  test("serves every script of the live view's page, as JavaScript", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const walk = `import { pageFile } from "./node_modules/@braid/engine/dist/ui/page-files.js";
const [, first] = /src="([^"]+)"/.exec(pageFile("").text);
const names = [first];
for (const name of names)
  for (const [, next] of pageFile(name).text.matchAll(/from "\\.\\/([^"]+)"/g)) if (!names.includes(next)) names.push(next);
console.log(names.sort().join());`;
    const { stdout, stderr } = command(process.execPath, ["--input-type=module", "-e", walk], folder);
    const scripts = readdirSync(join(root, "packages/engine/src/ui/page")).map((name) =>
      name.replace(/ts$/, "js"),
    );
    expect(stdout.trim(), stderr).toBe(scripts.sort().join());
  });

  test("type-checks a user's workflow from its declarations", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const options = {
      compilerOptions: {
        target: "es2023",
        module: "nodenext",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        typeRoots: [join(root, "node_modules/@types")],
        types: ["node"],
      },
      include: ["*.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
    const tsc = join(root, "node_modules/.bin/tsc");
    expect(command(tsc, ["-p", "."], folder)).toMatchObject({ status: 0, stdout: "" });
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { rule } from "@braid/engine";
export const train = rule({ input: "site_{sit_id}.csv", output: "model_{site_id}", run: () => {} });\n`,
    );
    const { status, stdout } = command(tsc, ["-p", "."], folder);
    expect(status).not.toBe(0);
    expect(stdout).toContain("Wildcard {sit_id} is not in the output path");
  });
});
