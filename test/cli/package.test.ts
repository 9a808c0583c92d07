/** The packages as users get them: packed by npm and pnpm, installed into an empty folder, started there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { filterProblems } from "@arethetypeswrong/core/problems";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { beforeAll, describe, expect, test } from "vitest";
import { command, packWithNpm, packWithPnpm, unpack, userEnvironment } from "../support/archives.ts";
import { emptyFolder, root } from "../support/command.ts";
import { managers, tryInstalled } from "./installed.ts";

/** Some of the files that each archive must have. */
const built = {
  engine: ["bin/braid.js", "dist/index.js", "dist/index.d.ts", "dist/executors/worker.js"],
  cluster: ["dist/index.js", "dist/index.d.ts", "dist/queue/runner-main.js"],
  pages: ["dist/run-report/index.d.ts", "dist/live-view/main.js", "dist/report/page/page.css"],
};
const names = Object.keys(built) as (keyof typeof built)[];
/** The paths of the archives, by the folder of the package. */
const archives: Record<string, string> = {};
beforeAll(() => {
  const folder = emptyFolder();
  for (const name of names) archives[name] = packWithPnpm(name, folder);
});

/** The paths in an archive. */
const filesIn = (name: string) => command("tar", ["tzf", archives[name]!], root).stdout.trim().split("\n");

/** What is in the folder of a package, except what is built. */
const listing = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !["dist", "pack", "node_modules", ".turbo"].includes(name))
    .sort();

describe.each(names)("the archive of packages/%s", (name) => {
  test("is the same from npm and from pnpm, and npm leaves the package as it was", () => {
    const own = listing(join(root, "packages", name));
    const { archive, source } = packWithNpm(name, emptyFolder());
    expect(listing(source)).toEqual(own);
    for (const file of ["package.json", "README.md"])
      expect(readFileSync(join(source, file), "utf8")).toBe(
        readFileSync(join(root, "packages", name, file), "utf8"),
      );
    const [fromNpm, fromPnpm] = [unpack(archive), unpack(archives[name]!)];
    const files = (place: string) =>
      readdirSync(place, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(place.length))
        .sort();
    expect(files(fromNpm)).toEqual(files(fromPnpm));
    for (const file of files(fromNpm)) {
      const [one, other] = [fromNpm, fromPnpm].map((place) => readFileSync(join(place, file), "utf8").trim());
      expect(one, file).toBe(other);
    }
  });

  test("holds what was built, not the sources and tests", () => {
    const files = filesIn(name);
    for (const file of [...built[name], "README.md", "LICENSE"]) expect(files).toContain(`package/${file}`);
    expect(files.filter((file) => /\.test\.|\/(src|testing|simulator)\//.test(file))).toEqual([]);
  });

  test("depends on nothing that only this repository has, and says which Node it needs", () => {
    const manifest = JSON.parse(readFileSync(join(unpack(archives[name]!), "package.json"), "utf8"));
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|link:|file:|\/src\//);
    expect(manifest).toMatchObject({ type: "module", engines: { node: ">=22.18" } });
    expect(manifest).not.toHaveProperty("devDependencies");
    expect(manifest).not.toHaveProperty("scripts");
  });

  test("has exports and types without faults", async () => {
    const bytes = readFileSync(archives[name]!);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
    const analysis = await checkPackage(createPackageFromTarballData(bytes));
    if (analysis.types === false) throw new Error(`${name} has no types`);
    expect(Object.keys(analysis.entrypoints)).toContain("./package.json");
    // Not for CommonJS: TypeScript and Node load an ES module from it too, but the TypeScript inside attw does not.
    const problems = (["node16-esm", "bundler"] as const).flatMap((resolutionKind) =>
      filterProblems(analysis, { resolutionKind }),
    );
    expect(problems).toEqual([]);
  });
});

test.each(Object.keys(managers) as (keyof typeof managers)[])(
  "installed by %s without a network, it runs a workflow: from the command line, from ESM and from CommonJS",
  (name) => tryInstalled(name, archives),
);

const folder = emptyFolder();
const braid = (...args: string[]) => command(join(folder, "node_modules/.bin/braid"), args, folder);

/** With the tsconfig.json that `init` has written. */
const typecheck = () =>
  command(
    join(root, "node_modules/.bin/tsc"),
    ["-p", ".", "--typeRoots", join(root, "node_modules/@types")],
    folder,
  );

/** Why an archive could not be installed; null where all were. */
let unreachable: string | null = null;

/** Installs a package, and its dependencies from the registry. */
function install(name: string): void {
  const words = ["install", "--prefer-offline", "--no-audit", "--no-fund", archives[name]!];
  const { status, stderr } = command("npm", words, folder);
  if (status === 0) return;
  unreachable = stderr;
  if (process.env.CI !== undefined || !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(stderr))
    throw new Error(`npm install failed:\n${stderr}`);
}

describe("the packed engine", () => {
  beforeAll(() => install("engine"));

  test("holds every document, figure and example that its texts link to", () => {
    const files = filesIn("engine");
    const broken = files
      .filter((file) => file.endsWith(".md"))
      .flatMap((file) => {
        const text = command("tar", ["xzOf", archives.engine!, file], folder).stdout;
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
    const { version } = JSON.parse(readFileSync(join(root, "packages/engine/package.json"), "utf8"));
    expect(braid("--version").stdout).toBe(`${version}\n`);
    const begun = braid("init");
    expect(begun).toMatchObject({ status: 0, stderr: "" });
    expect(begun.stdout).toContain("  npm pkg set type=module ");
    expect(begun.stdout).not.toContain("npm install braid-engine");
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
    expect(typecheck()).toMatchObject({ status: 0, stdout: "" });
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { rule } from "braid-engine";
export const train = rule({ input: "site_{sit_id}.csv", output: "model_{site_id}", run: () => {} });\n`,
    );
    const { status, stdout } = typecheck();
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
  beforeAll(() => install("cluster"));

  test("runs the same workflow on Slurm", ({ skip }) => {
    if (unreachable !== null) return skip("the npm registry cannot be reached");
    const bin = join(folder, "bin");
    mkdirSync(bin);
    for (const [name, text] of Object.entries(slurm))
      writeFileSync(join(bin, name), `#!/bin/bash\n${text}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "slurm.yml"), "executor: slurm\nslurm: { poll: 0.1, submitRate: 50 }\n");
    userEnvironment.PATH = `${bin}:${userEnvironment.PATH}`;
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
    const { stdout } = typecheck();
    expect(stdout.match(/error TS.*/g)).toEqual([expect.stringContaining("'{ name: string; }'")]);
  });
});

describe("braid-pages, packed and installed beside it", () => {
  beforeAll(() => install("pages"));

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
    const scripts = (module: string) => `import { pageFile } from ${JSON.stringify(module)};
const [, first] = /src="([^"]+)"/.exec(pageFile("").text);
const names = [first];
for (const name of names)
  for (const [, next] of pageFile(name).text.matchAll(/from "\\.\\/([^"]+)"/g)) if (!names.includes(next)) names.push(next);
console.log(names.sort().join());`;
    const listed = (module: string) => {
      const { stdout, stderr } = command(
        process.execPath,
        ["--input-type=module", "-e", scripts(module)],
        folder,
      );
      expect(stdout.trim(), stderr).toMatch(/\blive\.[jt]s\b/);
      return stdout.trim();
    };
    const inRepository = listed(pathToFileURL(join(root, "packages/pages/src/live-view/page-files.ts")).href);
    expect(listed("./node_modules/braid-pages/dist/live-view/page-files.js")).toBe(
      inRepository.replaceAll(".ts", ".js"),
    );
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
