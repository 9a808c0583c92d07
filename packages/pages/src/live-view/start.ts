/** Starts a live view in a process of its own, which outlives the run, or finds the one that is there. */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cannot, nodeProgram } from "braid-engine/inspect";
import { answers, findLiveView, readAddress, urlOf } from "./address.ts";

const program = fileURLToPath(
  new URL(`./main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url),
);
/** ms */
const longestStart = 15_000;

/** Resolves with the page's address once it answers. */
export async function startLiveView(folder: string): Promise<string> {
  const there = await findLiveView(folder);
  if (there !== null) return there.url;
  mkdirSync(join(folder, ".braid"), { recursive: true });
  const child = spawn(nodeProgram(), [program, folder], { detached: true, stdio: "ignore" });
  child.unref();
  const began = performance.now();
  while (performance.now() - began < longestStart && child.exitCode === null) {
    const address = readAddress(folder);
    if (address !== null && address.pid === child.pid && (await answers(address))) return urlOf(address);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw cannot("show", folder, "the live view does not start", {
    hint: "The run itself needs none: repeat the command without --ui.",
  });
}
