/**
 * The two builds of the kernel and which of them this machine runs. Baseline is 128-bit SIMD and gives the
 * same bits on every machine; relaxed adds fused multiply-add, is faster and rounds as the processor does.
 */
import { cannot } from "../../interface/errors.ts";

export type Binary = "baseline" | "relaxed";

/** Best last. */
export const binaries: readonly Binary[] = ["baseline", "relaxed"];

/** Where a binary lies, beside this module. */
export const binaryUrl = (binary: Binary): URL => new URL(`kernel.${binary}.wasm`, import.meta.url);

/** A binary that this machine's engine accepts, and why it is not another. */
export interface ChosenBinary {
  readonly binary: Binary;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly notes: readonly string[];
}

/** The part of the JavaScript engine that runs WebAssembly. */
export const webAssembly = (
  globalThis as unknown as {
    readonly WebAssembly: {
      validate(bytes: Uint8Array<ArrayBuffer>): boolean;
      instantiate(
        bytes: Uint8Array<ArrayBuffer>,
        imports: object,
      ): Promise<{ instance: { exports: object } }>;
    };
  }
).WebAssembly;

/** Whether the engine runs these bytes; replaced in tests by one that lacks something. */
export type Validate = (bytes: Uint8Array<ArrayBuffer>) => boolean;

/** The binary asked for, or for `auto` the best that runs. Throws when there is none, or not the one asked for. */
export async function chooseBinary(
  simd: "auto" | Binary,
  validate: Validate = webAssembly.validate,
): Promise<ChosenBinary> {
  const accepted = async (binary: Binary) => {
    const bytes = await read(binaryUrl(binary));
    return validate(bytes) ? bytes : null;
  };
  if (simd !== "baseline") {
    const bytes = await accepted("relaxed");
    if (bytes !== null) return { binary: "relaxed", bytes, notes: [] };
    if (simd === "relaxed")
      throw cannot(
        "use relaxed SIMD",
        "this JavaScript engine does not run it",
        "Ask for `simd: auto` or `simd: baseline`, or use Node >= 22.",
      );
  }
  const bytes = await accepted("baseline");
  if (bytes === null)
    throw cannot(
      'open the backend "wasm"',
      "this JavaScript engine runs no WebAssembly SIMD, neither relaxed nor baseline",
      "The backend `reference` needs none, but is many times slower.",
    );
  const notes = simd === "auto" ? ["relaxed SIMD: this JavaScript engine does not run it"] : [];
  return { binary: "baseline", bytes, notes };
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol !== "file:") {
    const response = await fetch(url);
    if (!response.ok) throw cannot('open the backend "wasm"', `${url} answers ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(url));
}
