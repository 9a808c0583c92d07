/** The command `doctor`: checks what a run depends on, on this machine and in the working folder. */

import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, freemem, totalmem } from "node:os";
import { join, resolve } from "node:path";
import type { FileSystem } from "../../disk/files.ts";
import { folderOf, locator } from "../../disk/locate.ts";
import { lockHolder } from "../../disk/lock.ts";
import { realFiles } from "../../disk/real-files.ts";
import { alignFacts } from "../../errors.ts";
import { readHistory } from "../../journal/journal.ts";
import { duration, fileSize, withCommas } from "../../quantities.ts";
import type { Options } from "../options.ts";
import { probeTool } from "./tool.ts";

/** Exit code 1 if something would prevent a run. */
export function doctorCommand(folder: string, _options: Options): number {
  const found = checks(folder);
  const mark: Record<Check["state"], string> = { good: "ok", missing: "--", bad: "!!" };
  const text = alignFacts(found.map(({ state, name, text }) => [`${mark[state]}  ${name}`, text] as const));
  const bad = found.filter((check) => check.state === "bad");
  const end =
    bad.length === 0
      ? "Everything works."
      : `${bad.map((check) => check.name).join(", ")}: see the lines with !! above.`;
  process.stdout.write(`${text}\n\n${end}\n`);
  return bad.length === 0 ? 0 : 1;
}

export interface Check {
  /** `missing`: something optional is not there or does not work; `bad`: a run would not work. */
  readonly state: "good" | "missing" | "bad";
  readonly name: string;
  readonly text: string;
}

/** All checks, in the order in which they are shown. */
export function checks(folder: string): Check[] {
  return [
    node(),
    processors(),
    memory(),
    ...workingFolder(folder),
    tool("bash", ["--version"], "shell rules need it"),
    tool("python3", ["--version"], "only script rules need it", "python"),
    tool("git", ["--version"], "only the results' provenance uses it"),
    tool("sbatch", ["--version"], "only the Slurm executor needs it", "slurm"),
    tool(
      "nvidia-smi",
      ["--query-gpu=name", "--format=csv,noheader"],
      "only rules that request a gpu need one",
      "gpu",
    ),
  ];
}

function node(): Check {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const good = major > 22 || (major === 22 && minor >= 18);
  return {
    state: good ? "good" : "bad",
    name: "node",
    text: good ? `${version} at ${process.execPath}` : `${version}; 22.18 or newer is needed`,
  };
}

function processors(): Check {
  return { state: "good", name: "cores", text: `${availableParallelism()} (the default of --jobs)` };
}

function memory(): Check {
  return { state: "good", name: "memory", text: `${fileSize(freemem())} free of ${fileSize(totalmem())}` };
}

function workingFolder(folder: string): Check[] {
  if (!existsSync(folder))
    return [{ state: "missing", name: "folder", text: `${folder} does not exist yet; a run creates it` }];
  const space = statfsSync(folder);
  const kind = kindOf(folder);
  const remote = networked.has(kind) ? ", a network file system: see --latency-wait" : "";
  const free = space.bavail * space.bsize;
  const inodes = space.files === 0 ? "" : `, ${withCommas(space.ffree)} more files`;
  return [
    { state: "good", name: "folder", text: `${folder} (${kind}${remote})` },
    {
      state: free < 100_000_000 || (space.files > 0 && space.ffree < 1_000) ? "bad" : "good",
      name: "space",
      text: `${fileSize(free)} free${inodes}`,
    },
    fileSystem(folder),
    ...otherDisks(folder),
    lock(folder),
  ];
}

function lock(folder: string): Check {
  const name = "lock";
  try {
    const holder = lockHolder(folder);
    const text =
      holder === null ? "free" : `held by process ${holder.pid} on ${holder.host}, since ${holder.since}`;
    return { state: "good", name, text };
  } catch (error) {
    return { state: "bad", name, text: (error as Error).message.split("\n", 1)[0]! };
  }
}

/** What the engine asks of a file system: rename over a file, hard links for the lock, times, sync. */
function fileSystem(folder: string): Check {
  const name = "behaviour";
  const own = join(folder, ".braid");
  const existed = existsSync(own);
  let trial: string | undefined;
  try {
    mkdirSync(own, { recursive: true });
    trial = mkdtempSync(join(own, "doctor-"));
    const [a, b, link] = ["a", "b", "link"].map((each) => join(trial!, each)) as [string, string, string];
    writeFileSync(a, "1");
    writeFileSync(b, "22");
    renameSync(a, b);
    if (statSync(b).size !== 1) throw new Error("a renamed file does not replace the old one");
    linkSync(b, link);
    const began = performance.now();
    const handle = openSync(b, "a");
    for (let i = 0; i < 5; i++) {
      writeFileSync(handle, "x");
      fsyncSync(handle);
    }
    closeSync(handle);
    const sync = (performance.now() - began) / 5;
    const fine = statSync(b).mtimeMs % 1_000 !== 0 || statSync(link).mtimeMs % 1_000 !== 0;
    const times = fine ? "times finer than a second" : "times possibly in whole seconds";
    return { state: "good", name, text: `rename, links, ${times}; a sync takes ${duration(sync / 1_000)}` };
  } catch (error) {
    return { state: "bad", name, text: (error as Error).message };
  } finally {
    if (trial !== undefined) rmSync(trial, { recursive: true, force: true });
    // Remove the folder that this check made, unless a run has started there.
    if (!existed && trial !== undefined && readdirSync(own).length === 0) rmdirSync(own);
  }
}

/** Folders on other disks than the working folder: no rename leads there, so outputs in them are staged there. */
function otherDisks(folder: string): Check[] {
  const files = realFiles(folder);
  const locate = locator(files);
  const folders = [".braid", ...visibleFolders(folder), ...outputFolders(files)];
  const { device } = locate("");
  const others = folders.map(locate).filter((found) => found.device !== device);
  const known = new Map(others.map((found) => [found.top ?? found.existing, found.writable]));
  return [...known].map(([path, writable]) => {
    const use = path === ".braid" ? "outputs are staged elsewhere" : "outputs in it are staged there";
    return {
      state: writable ? "good" : "missing",
      name: "other disk",
      text: `${path} (${kindOf(resolve(folder, path))}): ${writable ? use : "not writable"}`,
    };
  });
}

/** The folders that stand at the top of the working folder, but for hidden ones and packages. */
function visibleFolders(folder: string): string[] {
  return readdirSync(folder).filter((name) => !name.startsWith(".") && name !== "node_modules");
}

/** Where earlier runs have put outputs. */
function outputFolders(files: FileSystem): Set<string> {
  const folders = new Set<string>();
  try {
    for (const { path } of readHistory(files).traces.values()) folders.add(folderOf(path));
  } catch {
    // A run says what is wrong with its journal.
  }
  return folders;
}

function kindOf(folder: string): string {
  const { type } = statfsSync(folder);
  return fileSystems[type] ?? `type 0x${type.toString(16)}`;
}

function tool(command: string, args: readonly string[], need: string, name = command): Check {
  const { works, text } = probeTool(command, args);
  return works ? { state: "good", name, text } : { state: "missing", name, text: `${text}; ${need}` };
}

/** Magic numbers of statfs(2). */
const fileSystems: Readonly<Record<number, string>> = {
  61267: "ext",
  1481003842: "xfs",
  2435016766: "btrfs",
  801189825: "zfs",
  16914836: "tmpfs",
  2035054128: "overlay",
  26985: "nfs",
  198183888: "lustre",
  1196443219: "gpfs",
  4283649346: "cifs",
  428016422: "beegfs",
  1702057286: "fuse",
  12805120: "ceph",
  26: "apfs",
};
const networked = new Set(["nfs", "lustre", "gpfs", "cifs", "beegfs", "ceph"]);
