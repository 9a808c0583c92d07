import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { binaries, binaryUrl } from "./binaries.ts";
import { compile } from "./build.ts";

test.each(binaries)(
  "the committed %s binary is what its source compiles to, byte for byte",
  async (binary) => {
    const [committed, built] = [await readFile(binaryUrl(binary)), await compile(binary)];
    expect(
      Buffer.compare(committed, built),
      "run `pnpm --filter @braid/lstm build:wasm` and commit both",
    ).toBe(0);
  },
);
