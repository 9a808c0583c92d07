/**
 * Hints for errors of Node's loader. It removes the types of TypeScript and does not compile: some programs that the
 * compiler accepts do not load. Imported only after such an error.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What to do about an error of a module that does not load; undefined if the error has another cause. */
export function loaderHint(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const { code, url } = error as NodeJS.ErrnoException & { url?: string };
  switch (code) {
    case "ERR_MODULE_NOT_FOUND":
    case "ERR_UNSUPPORTED_DIR_IMPORT":
      return url === undefined ? packageHint(message) : fileHint(url);
    case "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX":
      return syntaxHint(message);
    case "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING":
      return "Node does not run TypeScript in node_modules: copy the file into your own folder.";
    case "ERR_UNKNOWN_FILE_EXTENSION":
      return /\.[jt]sx\b/.test(message) ? "Node does not run JSX: rename the file to .ts." : undefined;
    default:
      return moduleHint(message);
  }
}

function fileHint(url: string): string | undefined {
  const path = fileURLToPath(url);
  const name = basename(path);
  const typed = name.replace(/\.([cm]?)jsx?$/, ".$1ts");
  if (typed !== name && existsSync(join(path, "..", typed)))
    return `Import ${typed}, not ${name}: Node runs the TypeScript file itself.`;
  for (const ending of [".ts", ".mts", ".js", ".mjs"])
    if (existsSync(path + ending)) return `Import ${name}${ending}: Node needs the ending of the file.`;
  for (const index of ["index.ts", "index.js"])
    if (existsSync(join(path, index))) return `Import ${name}/${index}: Node does not import folders.`;
  return undefined;
}

function packageHint(message: string): string | undefined {
  const [, name] = /^Cannot find package '([^']+)'/.exec(message) ?? [];
  if (name === undefined) return undefined;
  return /^[@~]\/|^@$|^~$/.test(name)
    ? 'Node does not read "paths" of tsconfig.json: import the file by its relative path.'
    : `Install it: npm install ${name}`;
}

const constructs: readonly (readonly [RegExp, string])[] = [
  [/enum/, "Instead of an enum, write a constant object: const Level = { low: 0, high: 1 } as const."],
  [/parameter property/, "Declare the property in the class, and assign it in the constructor."],
  [/namespace|module declaration/, "Instead of a namespace, write a module: a file of its own."],
  [/import equals|`?import .*=/, 'Write: import name from "package".'],
];

function syntaxHint(message: string): string {
  const own = constructs.find(([construct]) => construct.test(message))?.[1];
  const rule =
    'Node removes types and does not compile: "erasableSyntaxOnly": true in tsconfig.json lets the editor say so.';
  return own === undefined ? rule : `${own}\n  ${rule}`;
}

function moduleHint(message: string): string | undefined {
  const [, from, name] =
    /requested module '([^']+)' does not provide an export named '([^']+)'/.exec(message) ?? [];
  if (name !== undefined && /\.[cm]?ts$/.test(from!))
    return `If ${name} is a type, import it with: import type { ${name} } from "${from}".`;
  if (/Cannot use import statement outside a module|Unexpected token 'export'/.test(message))
    return "Node reads the file as CommonJS. Say that it is a module: npm pkg set type=module";
  const [, word] = /^(require|__dirname|__filename|module|exports) is not defined/.exec(message) ?? [];
  if (word === undefined) return undefined;
  const meta = word.startsWith("__") ? word.slice(2) : undefined;
  return meta === undefined
    ? `A module has no ${word}: write import and export.`
    : `A module has no ${word}: write import.meta.${meta}.`;
}
