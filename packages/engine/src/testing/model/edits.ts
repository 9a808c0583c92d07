/** What a user does to a working folder between two runs. */
import type { MemoryFiles } from "../../disk/memory-files.ts";
import type { Edit } from "./cases.ts";
import { allowWriting, contentOf } from "./disk.ts";
import type { Variant, Workflow } from "./jobs.ts";
import { forgetAll, type Memory } from "./memory.ts";

export interface Folder {
  readonly disk: MemoryFiles;
  readonly memory: Memory;
  readonly variant: Variant;
  /** Outputs that somebody has made writable, and folders that lack a file. */
  readonly writable: Set<string>;
  readonly incomplete: Set<string>;
}

const sourcePaths = ["s0", "s1", "s2", "d/f", "d/sub/g", "own/f"];
const addedPaths = ["d/new", "d/sub/new", "e/new"];
const texts = ["0", "1", "22"];

/** Does an edit where it can be done; says what it did. */
export function edit({ kind, which, variant: choice }: Edit, workflow: Workflow, folder: Folder): string {
  const { disk, memory, variant, writable, incomplete } = folder;
  const source = sourcePaths[which % sourcePaths.length]!;
  const outputs = workflow.jobs.flatMap((job) => job.outputs);
  const standing = outputs.filter(({ path }) => disk.stat(path) !== null);
  const output = standing[which % standing.length];
  const rule = which % Math.max(1, workflow.rules.length - 1);
  const done = (what: string) => `${kind} ${what}`;
  const nothing = `${kind}: nothing to do it to`;
  /** The file of an output that is edited: itself, or one in it. */
  const inside = () => {
    if (!output!.folder) return output!.path;
    const files = disk.paths().filter((path) => path.startsWith(`${output!.path}/`));
    return files[choice % files.length];
  };
  switch (kind) {
    case "write": {
      const text = texts[choice]!;
      disk.makeFolder(source.slice(0, Math.max(0, source.lastIndexOf("/"))));
      disk.write(source, text);
      return done(`${source} = ${text}`);
    }
    case "same text":
    case "touch":
      if (disk.stat(source) === null) return nothing;
      if (kind === "touch") disk.touch(source);
      else disk.write(source, disk.text(source));
      return done(source);
    case "delete source":
      if (choice > 0) return nothing;
      disk.remove(source);
      return done(source);
    case "delete output":
      if (output === undefined) return nothing;
      disk.remove(output.path);
      return done(output.path);
    case "edit output": {
      if (output === undefined || output.mark === "touch") return nothing;
      const path = inside();
      if (path === undefined) return nothing;
      allowWriting(disk, output.path);
      writable.add(output.path);
      disk.write(path, ["edited", "x", "yy"][choice]!);
      return done(path);
    }
    case "touch output":
      if (output === undefined) return nothing;
      disk.touch(inside() ?? output.path);
      return done(output.path);
    case "add to folder": {
      const path = addedPaths[which % addedPaths.length]!;
      disk.makeFolder(path.slice(0, path.lastIndexOf("/")));
      disk.write(path, texts[choice]!);
      return done(path);
    }
    case "remove from folder": {
      const path = addedPaths[which % addedPaths.length]!;
      if (disk.stat(path) === null) return nothing;
      disk.remove(path);
      return done(path);
    }
    case "add to output folder":
      if (!output?.folder) return nothing;
      disk.write(`${output.path}/extra${choice}`, "extra");
      return done(output.path);
    case "remove from output folder": {
      if (!output?.folder) return nothing;
      const path = inside();
      if (path === undefined) return nothing;
      disk.remove(path);
      incomplete.add(output.path);
      return done(path);
    }
    case "param":
      variant.params[rule] = choice;
      return done(`r${rule} = ${choice}`);
    case "code":
      variant.codes[rule] = choice;
      return done(`r${rule} = ${choice}`);
    case "noise":
      variant.noise[rule] = choice;
      return done(`r${rule}`);
    case "swap inputs":
      variant.swappedInputs[rule] = !variant.swappedInputs[rule];
      return done(`r${rule}`);
    case "swap outputs":
      variant.swappedOutputs[rule] = !variant.swappedOutputs[rule];
      return done(`r${rule}`);
    case "swap wildcards":
      variant.swappedWildcards[rule] = !variant.swappedWildcards[rule];
      return done(`r${rule}`);
    case "gather":
      variant.gathered[rule] = [["a", "b"], ["a"], ["b", "a"]][choice]!;
      return done(`r${rule} over ${variant.gathered[rule]}`);
    case "allow writing":
      for (const { path } of outputs) {
        allowWriting(disk, path);
        writable.add(path);
      }
      return kind;
    case "lose records":
      disk.remove(".braid");
      forgetAll(memory);
      return kind;
    case "lose saved plan":
      disk.remove(".braid/plan");
      return kind;
    case "lose index":
      disk.remove(".braid/journal.index");
      return kind;
    case "--touch":
      return kind;
  }
  throw new Error(`unknown edit ${kind satisfies never}`);
}

/** Every output that stands, by its content. */
export function outputsOf(disk: MemoryFiles, { jobs }: Workflow): Map<string, string> {
  const found = new Map<string, string>();
  for (const { outputs } of jobs)
    for (const { path } of outputs) {
      const content = contentOf(disk, path);
      if (content !== null) found.set(path, content);
    }
  return found;
}
