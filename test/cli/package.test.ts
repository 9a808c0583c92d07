/** The packages as users get them: packed, installed into an empty folder with npm, started there. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, root } from "../support/command.ts";

const folder = emptyFolder();
// A user's folder has neither a script runner's settings for this repository nor, on NODE_PATH, its packages.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm|pnpm)_|^NODE_PATH$/i.test(name) || /registry|cache/i.test(name),
  ),
);

function command(name: string, args: readonly string[], cwd: string) {
  const { status, stdout, stderr } = spawnSync(name, args, { cwd, encoding: "utf8", env });
  return { status, stdout, stderr };
}

const braid = (...args: string[]) => command(join(folder, "node_modules/.bin/braid"), args, folder);

/** Why an archive could not be installed; null where all were. */
let unreachable: string | null = null;

/** Packs a package and installs it; returns the name of its archive. */
function packAndInstall(name: string): string {
  const packed = command(
    "npx",
    ["-y", "pnpm@12", "--dir", join(root, "packages", name), "pack", "--json", "--pack-destination", folder],
    root,
  );
  expect(packed.status, packed.stdout + packed.stderr).toBe(0);
  const archive = basename(/"filename": "(.+)"/.exec(packed.stdout)![1]!);
  const installed = command(
    "npm",
    ["install", "--prefer-offline", "--no-audit", "--no-fund", `./${archive}`],
    folder,
  );
  if (installed.status === 0) return archive;
  unreachable = installed.stderr;
  if (
    process.env.CI !== undefined ||
    !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(unreachable)
  )
    throw new Error(`npm install failed:\n${unreachable}`);
  return archive;
}

describe("the packed engine", () => {
  let archive = "";
  beforeAll(() => {
    archive = packAndInstall("engine");
  }, 300_000);

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
    expect(braid("--dag").stdout).toContain("name=Ada");
    expect(existsSync(join(folder, "package.json"))).toBe(true);
  });

  test("says which package a queue needs", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    expect(braid("--executor", "slurm")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        'Cannot use "--executor slurm": the package braid-cluster is not installed\n  Install it: npm install braid-cluster\n',
    });
  });

  test.for([
    [["--report"], "--report"],
    [["--ui", "--forceall"], "--ui"],
    [["ui"], "ui"],
    [["--rulegraph", "svg"], "--rulegraph svg"],
  ] as const)("says which package %s needs, and runs no job", ([args, wanted], { skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const journal = () => readFileSync(join(folder, ".braid/journal"), "utf8");
    const before = journal();
    expect(braid(...args)).toEqual({
      status: 2,
      stdout: "",
      stderr: `Cannot use "${wanted}": the package braid-pages is not installed\n  Install it: npm install braid-pages\n`,
    });
    expect(journal()).toBe(before);
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
      `import { rule } from "braid-engine";
export const train = rule({ input: "site_{sit_id}.csv", output: "model_{site_id}", run: () => {} });\n`,
    );
    const { status, stdout } = command(tsc, ["-p", "."], folder);
    expect(status).not.toBe(0);
    expect(stdout).toContain("Wildcard {sit_id} is not in the output path");
  });
});

/** What a run needs of Slurm: tasks start at once, and squeue knows none of them, so that only their records tell. */
const slurm = {
  scontrol: "echo 'MaxArraySize = 1001'",
  squeue: ":",
  scancel: ":",
  sbatch: `for word; do case "$word" in --array=0-*) last=\${word#--array=0-};; esac; done
cat > task.sh
for task in $(seq 0 "$last"); do SLURM_ARRAY_TASK_ID=$task setsid bash task.sh > task.out 2>&1 & done
echo 1`,
};

describe("braid-cluster, packed and installed beside it", () => {
  let archive = "";
  beforeAll(() => {
    archive = packAndInstall("cluster");
  }, 300_000);

  test("holds what was built, not the sources, tests and simulator", () => {
    const files = command("tar", ["tzf", archive], folder).stdout.trim().split("\n");
    for (const file of [
      "dist/index.js",
      "dist/index.d.ts",
      "dist/queue/runner-main.js",
      "README.md",
      "LICENSE",
    ])
      expect(files).toContain(`package/${file}`);
    expect(files.filter((file) => /\.test\.|\/src\/|\/simulator\//.test(file))).toEqual([]);
  });

  test("runs the same workflow on Slurm", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const [name, text] of Object.entries(slurm))
      writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "slurm.yml"), "executor: slurm\nslurm: { poll: 0.1, submitRate: 50 }\n");
    env.PATH = `${bin}:${env.PATH}`;
    const ran = braid("--profile", "slurm.yml", "--forceall");
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    expect(ran.stdout).toContain("5 jobs done");
    expect(readFileSync(join(folder, ".braid/journal"), "utf8")).toContain('"executor":"slurm"');
  });

  test("type-checks a queue of one's own from its declarations", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { run } from "braid-engine/run";
import { defaultPace, type Queue, remote } from "braid-cluster";
const start = (queue: Queue) => run({ rules: {}, folder: ".", slots: 1, executor: async (context) =>
  remote({ ...context, queue, manifest: { url: "", resolved: null }, pace: defaultPace }) });
start({ name: "none" });\n`,
    );
    const { stdout } = command(join(root, "node_modules/.bin/tsc"), ["-p", "."], folder);
    expect(stdout.match(/error TS.*/g)).toEqual([expect.stringContaining("'{ name: string; }'")]);
  });
});

describe("braid-pages, packed and installed beside it", () => {
  let archive = "";
  beforeAll(() => {
    archive = packAndInstall("pages");
  }, 300_000);

  test("holds what was built, not the sources and tests", () => {
    const files = command("tar", ["tzf", archive], folder).stdout.trim().split("\n");
    for (const file of [
      "dist/run-report/index.js",
      "dist/run-report/index.d.ts",
      "dist/live-view/main.js",
      "dist/report/page/page.css",
      "README.md",
      "LICENSE",
    ])
      expect(files).toContain(`package/${file}`);
    expect(files.filter((file) => /\.test\.|\/src\/|\/testing\//.test(file))).toEqual([]);
  });

  test("writes the report of the runs, and draws their graph", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    expect(braid("--report")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^report\.html is written/),
      stderr: "",
    });
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("5 up to date");
    expect(braid("--dag", "svg").stdout).toContain("name=Ada");
  });

  test("serves a live view beside a run", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const ran = braid("--ui", "--forceall");
    expect(ran.status, ran.stderr).toBe(0);
    expect(ran.stdout).toMatch(/^Live view: http:\/\/127\.0\.0\.1:\d+\//);
    process.kill(JSON.parse(readFileSync(join(folder, ".braid/ui"), "utf8")).pid);
  });

  test("serves every script of the live view's page, as JavaScript", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const walk = `import { pageFile } from "./node_modules/braid-pages/dist/live-view/page-files.js";
const [, first] = /src="([^"]+)"/.exec(pageFile("").text);
const names = [first];
for (const name of names)
  for (const [, next] of pageFile(name).text.matchAll(/from "\\.\\/([^"]+)"/g)) if (!names.includes(next)) names.push(next);
console.log(names.sort().join());`;
    const { stdout, stderr } = command(process.execPath, ["--input-type=module", "-e", walk], folder);
    const own = readdirSync(join(root, "packages/pages/src/live-view/page")).map((name) =>
      name.replace(/ts$/, "js"),
    );
    expect(stdout.trim(), stderr).toBe([...own, "elements.js", "quantities.js", "theme.js"].sort().join());
  });

  test("bundles the page of an experiment", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const bundle = `import { bundlePage } from "./node_modules/braid-pages/dist/report/write-report.js";
console.log((await bundlePage("assets")).length);`;
    const { stdout, stderr } = command(process.execPath, ["--input-type=module", "-e", bundle], folder);
    expect(Number(stdout), stderr).toBeGreaterThan(15);
    expect(existsSync(join(folder, "assets/page.css"))).toBe(true);
  });
});
