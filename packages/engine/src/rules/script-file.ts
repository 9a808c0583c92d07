/** The Python file that a rule names by `script`. */
import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { shortHash } from "../disk/fingerprint.ts";
import { cannot } from "../errors.ts";
import type { AnyRule } from "./rule.ts";

export interface Script {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** The same as it stands in the file: Python knows other encodings too. */
  readonly bytes: Buffer;
  readonly id: string;
}

const scripts = new WeakMap<AnyRule, Script>();

/** Read once: a script that is edited while jobs run is not what they were planned with. */
export function scriptOf(rule: string, spec: AnyRule): Script {
  let script = scripts.get(spec);
  if (script === undefined) {
    const path = scriptPath(rule, spec.script!);
    script = { path, ...read(rule, path) };
    scripts.set(spec, script);
  }
  return script;
}

function read(rule: string, path: string): Omit<Script, "path"> {
  try {
    const bytes = readFileSync(path);
    const text = bytes.toString();
    return { text, bytes, id: shortHash(`${path}\n${text}`) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw cannot("read the script of", rule, code === "ENOENT" ? `there is no file ${path}` : message);
  }
}

/** Where the script is; throws for what cannot be one. */
export function scriptPath(rule: string, script: string | URL): string {
  const text = String(script);
  if (!/\.py$/i.test(text))
    throw cannot("read the rule", rule, `its script "${text}" is no Python file`, {
      hint: 'Start programs in other languages by a shell rule: shell: "Rscript fit.R {input:q} {output:q}".',
    });
  if (text.startsWith("file:")) return fileURLToPath(text);
  if (isAbsolute(text)) return text;
  throw cannot("read the rule", rule, `its script "${text}" is not an absolute path`, {
    hint: `Name it beside the workflow: script: new URL(${JSON.stringify(/^\.\.?\//.test(text) ? text : `./${text}`)}, import.meta.url).`,
  });
}
