/**
 * Starts commands in the environment of their rule. Each kind of environment has tools that provide it: the first that is on
 * the PATH is used. Environments that no tool keeps itself are in `.braid/envs`, under the hash of what describes them.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { shortHash } from "../disk/fingerprint.ts";
import { cannot } from "../errors.ts";
import { type Environment, environmentText, ruleEnvironment } from "../rules/code.ts";
import type { AnyRule } from "../rules/rule.ts";
import { shellWord } from "../rules/shell-template.ts";
import { describeExit, logTail } from "./exit-status.ts";
import { threadVariables } from "./server.ts";

/** Where a command is to run. */
export interface Place {
  /** The absolute path of the folder with the environments that the engine made. */
  readonly environments: string;
  readonly usesGpu?: boolean;
  /** The folder of the script, whose modules it may import. */
  readonly scriptFolder?: string;
}

/** How a tool makes an environment and starts commands in it. `made` is the path that it has in `.braid/envs`. */
interface Tool {
  readonly name: string;
  /** The command that makes it; undefined if commands make it as they start. */
  readonly make?: (source: string, made: string) => readonly string[];
  /** True if the tool keeps what it made itself, and checks it each time. */
  readonly keeps?: boolean;
  /** The words before a command. */
  readonly start: (source: string, made: string, place: Place) => readonly string[];
}

const uv: Tool = {
  name: "uv",
  keeps: true,
  make: (lock) => ["uv", "sync", "--frozen", "--project", dirname(lock)],
  start: (lock) => ["uv", "run", "--frozen", "--project", dirname(lock), "--"],
};

const pixi: Tool = {
  name: "pixi",
  keeps: true,
  make: (manifest) => ["pixi", "install", "--frozen", "--manifest-path", manifest],
  // `pixi run` would parse the command in a shell of its own, which is not bash.
  start: (manifest) => ["bash", "-c", activate, manifest],
};
const activate =
  'hook=$(pixi shell-hook --shell bash --frozen --manifest-path "$0") && eval "$hook" && exec "$@"';

const conda: Tool = {
  name: "conda",
  make: (file, made) => ["conda", "env", "create", "--file", file, "--prefix", made],
  start: (_, made) => ["conda", "run", "--no-capture-output", "--prefix", made],
};

const micromamba: Tool = {
  name: "micromamba",
  make: (file, made) => ["micromamba", "create", "--yes", "--file", file, "--prefix", made],
  start: (_, made) => ["micromamba", "run", "--prefix", made],
};

const apptainer = (name: string): Tool => ({
  name,
  make: (image, made) => (isFile(image) ? [] : [name, "pull", made, image]),
  start: (image, made, place) => {
    const gpu = place.usesGpu ? ["--nv"] : [];
    const file = isFile(image) ? image : existsSync(made) ? made : image;
    return [name, "exec", "--bind", foldersOf(place).join(","), ...gpu, file];
  },
});

const docker: Tool = {
  name: "docker",
  start: (image, _, place) => [
    ...["docker", "run", "--rm", "--interactive", "--init"],
    ...(process.getuid === undefined ? [] : ["--user", `${process.getuid()}:${process.getgid?.()}`]),
    ...foldersOf(place).flatMap((folder) => ["--volume", `${folder}:${folder}`]),
    ...["--workdir", process.cwd(), "--env", "HOME=/tmp"],
    // Docker passes no variables by itself.
    ...[...threadVariables, "CUDA_VISIBLE_DEVICES"].flatMap((name) => ["--env", name]),
    ...(place.usesGpu ? ["--gpus", "all"] : []),
    image.replace(/^docker:\/\//, ""),
  ],
};

/** What a container must see, in no other folder of the list. */
function foldersOf({ environments, scriptFolder }: Place): string[] {
  const all = [
    process.cwd(),
    dirname(dirname(environments)),
    ...(scriptFolder === undefined ? [] : [scriptFolder]),
  ];
  const distinct = [...new Set(all)];
  return distinct.filter((one) => !distinct.some((other) => other !== one && one.startsWith(`${other}/`)));
}

function toolsFor({ kind, source }: Environment): readonly Tool[] {
  if (kind === "uv") return [uv];
  if (kind === "pixi") return [pixi];
  if (kind === "conda") return [conda, micromamba];
  const images = ["apptainer", "singularity"].map(apptainer);
  return source.startsWith("docker://") ? [...images, docker] : images;
}

const isFile = (image: string) => image.startsWith("/");

/** The words that start a command of the rule in its environment, as bash reads them; undefined if it has none. */
export function environmentPrefix(rule: string, spec: AnyRule, place: Place): string | undefined {
  const environment = ruleEnvironment(rule, spec);
  if (environment === undefined) return undefined;
  const made = madePath(rule, environment, place.environments);
  return toolOf(rule, environment).start(environment.source, made, place).map(shellWord).join(" ");
}

function madePath(rule: string, environment: Environment, folder: string): string {
  const name = shortHash(`${environment.kind} ${environmentText(rule, environment)}`).replace(/^-/, "_");
  return join(folder, environment.kind === "image" ? `${name}.sif` : name);
}

const foundTools = new WeakMap<Environment, Tool>();

/** The tool that provides the environment, looked for once. Throws if none is here. */
function toolOf(rule: string, environment: Environment): Tool {
  const tools = toolsFor(environment);
  const tool = foundTools.get(environment) ?? tools.find(({ name }) => isOnPath(name));
  if (tool !== undefined) {
    foundTools.set(environment, tool);
    return tool;
  }
  const names = tools.map(({ name }) => name).join(" or ");
  throw cannot("run the rule", rule, `its environment needs ${names}, which is not on the PATH`, {
    facts: [["environment", environment.source]],
    hint: "Install it, or start the commands of the rule by a prefix of your own.",
  });
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface MakeOptions {
  /** The absolute path of the folder for environments. */
  readonly environments: string;
  /** The file for what the tools print. */
  readonly log: string;
  /** Rules whose commands run on other machines: an image tool may exist only there. */
  readonly isRemote: (spec: AnyRule) => boolean;
  readonly say: (text: string) => void;
}

/** Checks that all tools are here, then makes the environments that are not there yet. */
export async function makeEnvironments(
  rules: Readonly<Record<string, AnyRule>>,
  options: MakeOptions,
): Promise<void> {
  const found = Object.entries(rules).flatMap(([rule, spec]) => {
    const environment = ruleEnvironment(rule, spec);
    if (environment === undefined) return [];
    const elsewhere = options.isRemote(spec) && environment.kind === "image";
    if (elsewhere && !toolsFor(environment).some(({ name }) => isOnPath(name))) return [];
    return [{ rule, environment, tool: toolOf(rule, environment) }];
  });
  const distinct = new Map(found.map((one) => [one.environment.source, one]));
  for (const one of distinct.values()) await make(one, options);
}

interface Wanted {
  readonly rule: string;
  readonly environment: Environment;
  readonly tool: Tool;
}

async function make({ rule, environment, tool }: Wanted, options: MakeOptions): Promise<void> {
  const made = madePath(rule, environment, options.environments);
  const words = tool.make?.(environment.source, made) ?? [];
  const mark = `${made}.made`;
  if (words.length === 0 || (tool.keeps !== true && existsSync(mark) && existsSync(made))) return;
  mkdirSync(options.environments, { recursive: true });
  if (tool.keeps !== true) {
    rmSync(mark, { force: true });
    // Left by a run that was killed while it made this.
    rmSync(made, { recursive: true, force: true });
    options.say(`Making the environment ${environment.source} with ${tool.name}.`);
  }
  const { log } = options;
  mkdirSync(dirname(log), { recursive: true });
  const handle = openSync(log, "w");
  const [program = "", ...rest] = words;
  // In the group of this process, so that Ctrl-C ends it too.
  const child = spawn(program, rest, { stdio: ["ignore", handle, handle] });
  closeSync(handle);
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (status !== 0)
    throw cannot("make the environment of", rule, describeExit(tool.name, status, signal), {
      facts: [
        ["environment", environment.source],
        ["command", words.map(shellWord).join(" ")],
        ["log", log],
        ["its end", logTail(log, 0)],
      ],
    });
  if (tool.keeps !== true) writeFileSync(mark, "");
}
