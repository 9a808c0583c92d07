/** The modules that the page is made of: an edit in one of them makes another page. */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folders = ["./", "../shared/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));
/** From sources this is TypeScript, from a package JavaScript. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** Every source of the page and of what writes it, tests left out, in an order that does not change. */
export function pageModules(): URL[] {
  const own = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /(?<!\.test|\.d)\.(ts|js|css)$/.test(name))
      .sort()
      .map((name) => join(folder, name)),
  );
  const quantities = createRequire(import.meta.url).resolve("braid-engine/quantities");
  return [
    new URL(`../graph.${extension}`, import.meta.url),
    ...[...own, quantities].map((path) => pathToFileURL(path)),
  ];
}

/** The modules that packed series are made with: what they hold depends on no other. */
export function seriesModules(): URL[] {
  return ["packed", "data-script"].map((name) => new URL(`../shared/${name}.${extension}`, import.meta.url));
}
