/** Rules whose bodies only write small files: tests see in memory which jobs run, in which order and why. */
import { createHash } from "node:crypto";
import type { FileSystem } from "../disk/files.ts";
import { type AnyRule, hasBody, type Job, type Rules } from "../rules/rule.ts";
import { listFiles } from "../rules/ruleset.ts";

/**
 * The rules with other bodies. Each writes into its outputs, in `files`, the rule, the wildcards and a digest of params
 * and inputs: an output changes exactly if one of these changes. Functions of `input`, `params` and `after` stay; those
 * that read files do not find the ones in memory.
 */
export function withStandIns(rules: Rules, files: FileSystem): Rules {
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, hasBody(rule) ? standIn(name, rule, files) : rule]),
  );
}

function standIn(name: string, rule: AnyRule, files: FileSystem): AnyRule {
  const { runBatch: _, shell: _shell, script: _script, prefix: _prefix, env: _env, ...rest } = rule;
  const isFolder = listFiles(rule.output).map(
    (file) => typeof file === "object" && file.kind === "marked" && file.marks.directory === true,
  );
  return {
    ...rest,
    run({ input, output, params, wildcards }: Job) {
      const digest = createHash("sha256").update(JSON.stringify(params ?? {}));
      for (const path of pathsIn(input)) digest.update(path).update(contentOf(files, path));
      const text = `${[name, ...Object.entries(wildcards).map((pair) => pair.join("="))].join(" ")} ${digest.digest("hex").slice(0, 16)}\n`;
      pathsIn(output).forEach((path, i) => {
        if (isFolder[i]) files.makeFolder(path);
        else files.makeFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
        files.write(isFolder[i] ? `${path}/${name}.txt` : path, text);
      });
    },
  };
}

/** The paths of files in the shape that a rule declares. */
function pathsIn(shape: unknown): string[] {
  if (typeof shape === "string") return [shape];
  return typeof shape === "object" && shape !== null ? Object.values(shape).flatMap(pathsIn) : [];
}

/** Of a folder, the contents of all that is in it. */
function contentOf(files: FileSystem, path: string): string | Uint8Array {
  if (!files.stat(path)?.directory) return files.read(path);
  return (files.list(path) ?? [])
    .map((name) => `${name}:${Buffer.from(contentOf(files, `${path}/${name}`)).toString("base64")}`)
    .join();
}
