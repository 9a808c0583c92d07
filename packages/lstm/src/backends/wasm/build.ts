/**
 * Compiles assembly/ to the two committed binaries: `pnpm --filter @braid/lstm build:wasm`. The compiler's
 * version is pinned and the same source gives the same bytes, which build.test.ts checks.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Binary, binaries, binaryUrl } from "./binaries.ts";

interface Compiler {
  main(
    args: readonly string[],
    host: { writeFile(name: string, contents: Uint8Array | string): void },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}

/** The bytes of one binary. Throws with the compiler's own words when the source is wrong. */
export async function compile(binary: Binary): Promise<Uint8Array> {
  // Without its types, which would replace those of `console` and more in this whole package.
  const asc: Compiler = await import("assemblyscript/asc" as string);
  let output: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      fileURLToPath(new URL("assembly/index.ts", import.meta.url)),
      ...["--outFile", "kernel.wasm", "-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"],
      ...(binary === "relaxed" ? ["--enable", "relaxed-simd"] : []),
    ],
    {
      writeFile: (_name, contents) => {
        output = contents as Uint8Array;
      },
    },
  );
  if (error !== null || output === undefined)
    throw new Error(`Cannot compile the kernel: ${error}\n${stderr}`);
  return output;
}

if (import.meta.main)
  for (const binary of binaries) {
    const bytes = await compile(binary);
    await writeFile(binaryUrl(binary), bytes);
    console.log(`${fileURLToPath(binaryUrl(binary))}: ${bytes.length} bytes`);
  }
