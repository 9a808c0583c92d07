/**
 * Compiles kernel.c for the processor of this machine, once, when the user asks for it (`pnpm run setup native`); and
 * finds what was compiled. A library lies in the user's cache under a name that its source and its processor make.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cannot } from "@braid/lstm/backend-kit";

const source = fileURLToPath(new URL("kernel.c", import.meta.url));

/** The widest vectors of this processor, and fused multiply-adds; nothing that treats a NaN otherwise. */
const options = [
  ...["-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"],
  ...["-shared", "-fPIC", "-fvisibility=hidden"],
];

/** Where the library for this source and processor lies, or would lie: one home may be that of many machines. */
export function nativeLibrary(): string {
  const hash = createHash("sha256").update(readFileSync(source)).update(options.join()).update(processor());
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "braid", `native-${hash.digest("hex").slice(0, 16)}.so`);
}

function processor(): string {
  const all = existsSync("/proc/cpuinfo") ? readFileSync("/proc/cpuinfo", "utf8") : "";
  const own = all.split("\n\n")[0]!.match(/^(model name|flags|Features|CPU part)\s*:.*$/gm) ?? [];
  return [process.arch, cpus()[0]?.model ?? "", ...own].join("\n");
}

/** Compiles the library; resolves with its path. Throws with what the compiler said, or what to install. */
export async function compileNative(compiler = process.env.CC || "cc"): Promise<string> {
  const action = "compile the native kernel";
  if (process.platform === "win32")
    throw cannot(action, "it is written for Linux and macOS", "`backend: wasm` needs no compiler.");
  const library = nativeLibrary();
  mkdirSync(join(library, ".."), { recursive: true });
  const unfinished = `${library}.${process.pid}`;
  try {
    await promisify(execFile)(compiler, [...options, "-o", unfinished, source]);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT")
      throw cannot(
        action,
        `there is no C compiler "${compiler}"`,
        "Install one (Debian: gcc; macOS: xcode-select --install), or name it: CC=clang pnpm run setup native",
        "`backend: wasm` needs none.",
      );
    throw cannot(action, `${compiler} refuses it`, ...stderr.trim().split("\n").slice(0, 6));
  }
  renameSync(unfinished, library);
  return library;
}
