/** The script of the page, as one text that stands in the page. */
import { fileURLToPath } from "node:url";

/** The package holds what the sources were built into. */
const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";

export async function pageScript(): Promise<string> {
  // Loaded only here: nobody who plans or runs should pay for it.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`./page/main.${extension}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]!.text.trim().replaceAll("</script", "<\\/script");
}
