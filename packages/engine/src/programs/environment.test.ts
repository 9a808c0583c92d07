import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { dryRun } from "../dry-run.ts";
import type { RunEvent } from "../events.ts";
import type { AnyRule } from "../rules/rule.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { file, folder, go, newFolders, noPython, noR, py, r, text } from "../testing/script-folder.ts";

newFolders();

/** How each tool's stand-in takes a command apart: its own words are recorded, the rest is run. */
const standIns: Readonly<Record<string, string>> = {
  uv: '[ "$1" = sync ] && exit; shift 5',
  pixi: '[ "$1" = install ] && exit; echo "export IN=pixi"; exit',
  conda: '[ "$1" = env ] && exec mkdir "$6"; shift 4',
  micromamba: '[ "$1" = create ] && exec mkdir "$6"; shift 3',
  apptainer: '[ "$1" = pull ] && exec touch "$2"; shift 4',
  singularity: '[ "$1" = pull ] && exec touch "$2"; shift 4',
  docker: 'while [ "$1" != python:3.12 ]; do shift; done; shift',
};

/** Only these tools are on the PATH, beside those of the system. */
function onPath(...tools: readonly string[]): void {
  const bin = join(folder, "bin");
  rmSync(bin, { recursive: true, force: true });
  mkdirSync(bin);
  for (const tool of tools) {
    const record = `printf "%s\\n" "${tool} $*" >> ${folder}/record`;
    file(`bin/${tool}`, `#!/bin/bash\n${record}\n${standIns[tool]}\nIN=${tool} exec "$@"\n`);
    chmodSync(join(bin, tool), 0o755);
  }
  vi.stubEnv("PATH", `${bin}:/usr/bin:/bin`);
}

/** The words of the tools, up to the command that they start. */
const recorded = () =>
  text("record")
    .replaceAll(folder, "FOLDER")
    .replaceAll(process.cwd(), "CWD")
    .replace(/envs\/[\w-]+/g, "envs/HASH")
    .split("\n")
    .flatMap((line) => (/^\w+ /.test(line) ? [line.replace(/ (bash|python3) -[ec].*/, "").trim()] : []));

beforeEach(() => {
  file("uv.lock", "one");
  file("pixi.toml", "one");
  file("pixi.lock", "one");
  file("environment.yml", "one");
  file("image.sif", "one");
});
afterEach(() => vi.unstubAllEnvs());

const envFile = (name: string) => join(folder, name);
const shell = (env?: string | URL): AnyRule => ({
  ...rule({ output: "out", shell: 'echo "$IN\'s" > {output}' }),
  ...(env === undefined ? {} : { env }),
});

describe("the command of a rule with an environment", () => {
  test.each([
    ["uv", "uv.lock", ["uv sync --frozen --project FOLDER", "uv run --frozen --project FOLDER --"]],
    [
      "pixi",
      "pixi.toml",
      [
        "pixi install --frozen --manifest-path FOLDER/pixi.toml",
        "pixi shell-hook --shell bash --frozen --manifest-path FOLDER/pixi.toml",
      ],
    ],
    [
      "conda",
      "environment.yml",
      [
        "conda env create --file FOLDER/environment.yml --prefix FOLDER/.braid/envs/HASH",
        "conda run --no-capture-output --prefix FOLDER/.braid/envs/HASH",
      ],
    ],
    [
      "micromamba",
      "environment.yml",
      [
        "micromamba create --yes --file FOLDER/environment.yml --prefix FOLDER/.braid/envs/HASH",
        "micromamba run --prefix FOLDER/.braid/envs/HASH",
      ],
    ],
    ["apptainer", "image.sif", ["apptainer exec --bind CWD,FOLDER FOLDER/image.sif"]],
    ["singularity", "image.sif", ["singularity exec --bind CWD,FOLDER FOLDER/image.sif"]],
    [
      "apptainer",
      "docker://python:3.12",
      [
        "apptainer pull FOLDER/.braid/envs/HASH.sif docker://python:3.12",
        "apptainer exec --bind CWD,FOLDER FOLDER/.braid/envs/HASH.sif",
      ],
    ],
    [
      "docker",
      "docker://python:3.12",
      [
        expect.stringMatching(
          /^docker run --rm --interactive --init --user \d+:\d+ --volume CWD:CWD --volume FOLDER:FOLDER --workdir CWD --env HOME=\/tmp --env OMP_NUM_THREADS .*--env CUDA_VISIBLE_DEVICES python:3.12$/,
        ),
      ],
    ],
  ])("is started by %s for %s", async (tool, env, commands) => {
    onPath(tool);
    const named = env.includes(":") ? env : pathToFileURL(envFile(env));
    expect(await go({ one: shell(named) })).toMatchObject({ done: 1, failed: [] });
    expect(text("out")).toBe(`${tool}'s\n`);
    expect(recorded()).toEqual(commands);
  });

  test("is started by the first tool that is there", async () => {
    onPath("docker", "apptainer", "conda", "micromamba");
    const rules = {
      one: shell("docker://python:3.12"),
      two: { ...shell(envFile("environment.yml")), output: "out2" },
    };
    await go(rules, { targets: ["out", "out2"] });
    expect([text("out"), text("out2")]).toEqual(["apptainer's\n", "conda's\n"]);
  });

  test.skipIf(noPython || noR)("may be a script in any language", async () => {
    const env = envFile("pixi.toml");
    onPath("pixi");
    const rules = {
      all: rule({ input: ["a", "b"] }),
      a: rule({ output: "a", env, script: py("import os; open(braid.output, 'w').write(os.environ['IN'])") }),
      // More than one word of a command line can hold.
      b: rule({
        output: "b",
        env,
        params: { long: "é".repeat(50_000) },
        script: r("cat(Sys.getenv('IN'), nchar(snakemake@params$long), file = snakemake@output[[1]])"),
      }),
    };
    expect(await go(rules)).toMatchObject({ done: 3, failed: [] });
    expect([text("a"), text("b")]).toEqual(["pixi", "pixi 50000"]);
  });

  test("may use devices in a container", async () => {
    onPath("apptainer");
    file("bin/apptainer", text("bin/apptainer").replace("shift 4", "shift 5"));
    const one = { ...shell(envFile("image.sif")), resources: { gpu: 1 } };
    await go({ one }, { limits: new Map([["gpu", 1]]) });
    expect(recorded()).toEqual(["apptainer exec --bind CWD,FOLDER --nv FOLDER/image.sif"]);
  });
});

describe("an environment", () => {
  test("is made once, before the first job, and again when its file changes", async () => {
    onPath("conda");
    const rules = { one: shell(envFile("environment.yml")) };
    const made = () => recorded().filter((line) => line.startsWith("conda env create")).length;
    expect(await go(rules)).toMatchObject({ done: 1 });
    rmSync(join(folder, "out"));
    expect(await go(rules)).toMatchObject({ done: 1 });
    expect(made()).toBe(1);
    file("environment.yml", "two");
    expect(await go({ one: { ...rules.one } })).toMatchObject({ done: 1 });
    expect(made()).toBe(2);
  });

  test("that a killed run left unfinished is made anew", async () => {
    onPath("conda");
    const one = shell(envFile("environment.yml"));
    await go({ one });
    const [name] = readdirSync(join(folder, ".braid/envs")).filter((entry) => !entry.endsWith(".made"));
    rmSync(join(folder, `.braid/envs/${name}.made`));
    file(`.braid/envs/${name}/half`, "");
    rmSync(join(folder, "out"));
    expect(await go({ one })).toMatchObject({ done: 1 });
    expect(existsSync(join(folder, `.braid/envs/${name}/half`))).toBe(false);
  });

  test("that was removed is made anew", async () => {
    onPath("conda");
    const rules = { one: shell(envFile("environment.yml")) };
    await go(rules);
    const [name] = readdirSync(join(folder, ".braid/envs")).filter((entry) => !entry.endsWith(".made"));
    rmSync(join(folder, `.braid/envs/${name}`), { recursive: true });
    rmSync(join(folder, "out"));
    expect(await go(rules)).toMatchObject({ done: 1 });
    expect(recorded().filter((line) => line.startsWith("conda env create"))).toHaveLength(2);
  });

  test("whose file is edited while jobs run stays the one that was made", async () => {
    onPath("conda");
    const edit = () => file("environment.yml", "two");
    const first = rule({
      output: "first",
      localRule: true,
      run: ({ output }) => void writeFileSync(output, edit()),
    });
    const one = { ...shell(envFile("environment.yml")), input: "first" };
    expect(await go({ one, first })).toMatchObject({ done: 2 });
    expect(new Set(text("record").match(/envs\/[\w-]+/g)).size).toBe(1);
  });

  test("of a rule without jobs is neither made nor asked for", async () => {
    onPath();
    const other = rule({ output: "other", shell: "touch {output}" });
    expect(await go({ other, one: shell(envFile("uv.lock")) })).toMatchObject({ done: 1 });
  });

  test("that cannot be made ends the run before any job, with what the tool said", async () => {
    onPath("uv");
    file("bin/uv", "#!/bin/bash\necho no such package >&2; exit 2\n");
    const first = rule({ output: "first", shell: "touch {output}" });
    const one = { ...shell(envFile("uv.lock")), input: "first" };
    await expect(go({ one, first })).rejects.toThrow(
      /^Cannot make the environment of "one": uv ended with exit code 2\.\n {2}environment {2}.*uv\.lock\n {2}command {6}uv sync .*\n {2}log .*\n {2}its end {6}no such package$/,
    );
    expect(existsSync(join(folder, "first"))).toBe(false);
  });

  test.each([
    ["uv.lock", "uv"],
    ["pixi.toml", "pixi"],
    ["environment.yml", "conda or micromamba"],
    ["image.sif", "apptainer or singularity"],
    ["docker://python:3.12", "apptainer or singularity or docker"],
  ])("whose tool is missing ends the run before any job: %s", async (env, tools) => {
    onPath();
    vi.stubEnv("PATH", join(folder, "bin"));
    const first = rule({ output: "first", localRule: true, run: ({ output }) => writeFileSync(output, "") });
    const one = { ...shell(env.includes(":") ? env : envFile(env)), input: "first" };
    await expect(go({ one, first })).rejects.toThrow(
      `Cannot run the rule "one": its environment needs ${tools}, which is not on the PATH`,
    );
    expect(existsSync(join(folder, "first"))).toBe(false);
  });
});

describe("a change of an environment", () => {
  const reasons = (env?: string) =>
    dryRun({ rules: { one: shell(env) }, folder })
      .jobs()
      .map(({ reason }) => reason);

  test.each([
    ["uv", "uv.lock", "uv.lock", "changed software-env uv.lock"],
    ["pixi", "pixi.toml", "pixi.lock", "changed software-env pixi.toml or pixi.lock"],
    ["conda", "environment.yml", "environment.yml", "changed software-env environment.yml"],
    ["apptainer", "image.sif", "image.sif", "changed software-env image.sif"],
  ])("of %s makes its jobs run again, and the reason names the file", async (tool, env, changed, reason) => {
    onPath(tool);
    await go({ one: shell(envFile(env)) });
    expect(reasons(envFile(env))).toEqual([]);
    file(changed, "another");
    expect(reasons(envFile(env))).toEqual([reason]);
    expect(await go({ one: shell(envFile(env)) })).toMatchObject({ done: 1 });
    expect(await go({ one: shell(envFile(env)) })).toMatchObject({ done: 0 });
  });

  test("counts by content, of an image by size and time, and unless the triggers leave it out", async () => {
    onPath("uv", "apptainer");
    await go({ one: shell(envFile("uv.lock")) });
    utimesSync(envFile("uv.lock"), 1, 1);
    expect(reasons(envFile("uv.lock"))).toEqual([]);
    file("uv.lock", "two");
    const one = { ...shell(envFile("uv.lock")), triggers: ["mtime", "params", "code"] as const };
    expect(await go({ one })).toMatchObject({ done: 0 });
    await go({ one: shell(envFile("image.sif")) });
    utimesSync(envFile("image.sif"), 1, 1);
    expect(reasons(envFile("image.sif"))).toEqual(["changed software-env image.sif"]);
  });

  test("to another image or none counts too", async () => {
    onPath("apptainer");
    await go({ one: shell("docker://python:3.12") });
    expect(reasons("docker://python:3.13")).toEqual(["changed software-env docker://python:3.13"]);
    expect(reasons(undefined)).toEqual(["changed software-env"]);
  });
});

describe("an env that is refused", () => {
  test.each([
    [
      { env: "uv.lock" },
      'its env "uv.lock" is not an absolute path\n  Name it beside the workflow: env: new URL("./uv.lock", import.meta.url).',
    ],
    [
      { env: "/a/requirements.txt" },
      'its env "/a/requirements.txt" is neither an environment file nor an image',
    ],
    [{ env: "tools" }, 'its env "tools" is neither an environment file nor an image'],
    [
      { env: "/a/uv.lock", prefix: "nice" },
      "it has both a prefix and an env, and each says where commands run",
    ],
    [{ env: "/a/uv.lock", shell: undefined, run: () => {} }, "it has an env, but no shell command or script"],
  ])("%j", (changes, cause) => {
    const one = { ...rule({ output: "out", shell: "true" }), ...changes } as AnyRule;
    expect(() => ruleset({ one })).toThrow(`Cannot read the rule "one": ${cause}`);
  });

  test.each([
    ["uv.lock", "there is no file FOLDER/none/uv.lock"],
    ["pixi.toml", "there is no file FOLDER/none/pixi.lock\n  Make it: pixi lock"],
  ])("as it is not there: %s", async (name, cause) => {
    mkdirSync(join(folder, "none"));
    if (name === "pixi.toml") file("none/pixi.toml", "");
    await expect(go({ one: shell(envFile(`none/${name}`)) })).rejects.toThrow(
      `Cannot read the environment of "one": ${cause.replace("FOLDER", folder)}`,
    );
  });

  test("by the names that Snakemake has for it", () => {
    const one = { ...rule({ output: "out", shell: "true" }), conda: "environment.yml" } as AnyRule;
    expect(() => ruleset({ one })).toThrow('Write env: new URL("./environment.yml", import.meta.url)');
  });
});

test("the command is shown with its environment when it starts", async () => {
  onPath("apptainer");
  const shown: string[] = [];
  const emit = (event: RunEvent) => event.kind === "command" && shown.push(event.command);
  await go({ one: shell("docker://python:3.12") }, { printCommands: true, emit });
  expect(shown).toEqual(['# in the environment docker://python:3.12\necho "$IN\'s" > out']);
});
