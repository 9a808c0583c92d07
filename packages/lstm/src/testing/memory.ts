/** Tests that a kernel reports models that do not fit into its memory, and still works afterwards. */
import { describe, expect, test } from "vitest";
import { initialParameters } from "../training/initial.ts";
import type { Kernel } from "../training/kernel.ts";

interface Limited {
  readonly name: string;
  /** Its memory, as messages have it. */
  readonly most: string;
  readonly hidden: number;
  open(): Promise<Kernel>;
}

const small = { inputs: 1, hidden: 4, outputs: 1 };

/** Tests a backend with one memory of `most`, which models of `hidden` units do not fit into. */
export function testMemory({ name, most, hidden, open }: Limited): void {
  describe(`what the memory of ${name} cannot hold is an error, and the next model is taken up`, () => {
    const takesUp = (kernel: Kernel) => {
      kernel.begin(small, initialParameters(small, 0));
      expect(kernel.parameters()).toEqual(initialParameters(small, 0));
      expect(kernel.predict(Float32Array.of(1, 2), 1, 2).every(Number.isFinite)).toBe(true);
    };

    test("where it has too many units", async () => {
      const kernel = await open();
      for (const units of [hidden, 1_000_000, 2 ** 31 - 2]) {
        expect(() => kernel.begin({ ...small, hidden: units }, [])).toThrow(
          `Cannot use the backend "${name}": its memory, ${most} at the most, cannot hold I=1 H=${units} V=1\n  Fewer units need less; another backend may hold more.`,
        );
        takesUp(kernel);
      }
      kernel.dispose();
    });

    test("where it has too many sequences or steps", async () => {
      const kernel = await open();
      const nothing = { x: new Float32Array(0), y: new Float32Array(0), weights: new Float64Array(0) };
      // batchSize is of no help where one sequence is too much already.
      for (const [sequences, steps, hint] of [
        [1e8, 10, "Set batchSize to fewer sequences at a time."],
        [2e9, 2e9, "Fewer steps or units need less; another backend may hold more."],
        [1, 2e9, "Fewer steps or units need less; another backend may hold more."],
      ] as const) {
        takesUp(kernel);
        const batch = { ...nothing, sequences, steps, inputs: 1, outputs: 1 };
        expect(() => kernel.gradient(batch, "rmse", [1])).toThrow(
          `Cannot use the backend "${name}": its memory, ${most} at the most, cannot hold I=1 H=4 V=1, ` +
            `${sequences} sequences of ${steps} steps\n  ${hint}`,
        );
        takesUp(kernel);
      }
      kernel.dispose();
    });
  });
}
