import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { assemble, compilePtx, heading, toolkit, toolkitVersion } from "./build.ts";
import { builds } from "./layout.ts";
import { ptxUrl } from "./ptx.ts";

const rebuild = "run `pnpm --filter @braid/lstm-gpu build:ptx` and commit the files";
const committed = (hidden: number) => readFile(ptxUrl(hidden), "utf8");

test.each(builds)(
  "the committed PTX for %i units was made of the kernel's source as it is",
  async (hidden) => {
    expect((await committed(hidden)).split("\n")[0], rebuild).toBe(await heading(hidden));
  },
);

const version = toolkitVersion();
if (version !== "13.0") console.warn(`Skipped compiling PTX: nvcc is ${version ?? "not here"}, not 13.0`);
test.skipIf(version !== "13.0")(
  "the committed PTX is what nvcc 13.0 makes, byte for byte",
  async () => {
    expect((await compilePtx(20)) === (await committed(20)), rebuild).toBe(true);
  },
  60_000,
);

describe.skipIf(toolkit("ptxas") === null)(
  "ptxas takes the PTX, all of a thread's weights in registers",
  () => {
    test.each(["sm_75", "sm_90"])(
      "for %s",
      (architecture) => {
        const { registers, spilled } = assemble(fileURLToPath(ptxUrl(20)), architecture);
        expect(registers).toBeLessThanOrEqual(204);
        expect(spilled).toBe(0);
      },
      60_000,
    );
  },
);
