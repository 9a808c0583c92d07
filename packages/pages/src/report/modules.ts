/** The modules that the page is made of: an edit in one of them makes another page. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const folders = ["./", "../page/"].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

/** Every source of the page and of what writes it, tests left out, in an order that does not change. */
export function pageModules(): URL[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|css)$/.test(name) && !name.endsWith(".test.ts"))
      .sort()
      .map((name) => pathToFileURL(join(folder, name))),
  );
}

/** The modules that packed series are made with: what they hold depends on no other. */
export function seriesModules(): URL[] {
  return ["packed", "data-script"].map((name) => new URL(`./${name}.ts`, import.meta.url));
}
