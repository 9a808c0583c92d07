/** What becomes of an answer when a disk changes one bit of a file: for tests. */
import type { MemoryFiles } from "../disk/memory-files.ts";
import { BraidError } from "../errors.ts";

/**
 * The different answers that are given with each bit of a file changed in turn, each with the first bit that led to
 * it. The file keeps its size and time. A refusal is an answer, its message; anything else that is thrown is not.
 */
export function answersWithFlippedBits<A>(
  disk: MemoryFiles,
  path: string,
  answer: (disk: MemoryFiles) => A,
): { readonly answer: A | string; readonly bit: number }[] {
  const answers = new Map<string, { answer: A | string; bit: number }>();
  const { mtime } = disk.stat(path)!;
  const bytes = disk.read(path);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = disk.copy();
    flipped.now = mtime;
    flipped.write(path, Uint8Array.from(bytes).with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7))));
    flipped.now = disk.now;
    const given = answered(() => answer(flipped), bit);
    const key = JSON.stringify(given);
    if (!answers.has(key)) answers.set(key, { answer: given, bit });
  }
  return [...answers.values()];
}

function answered<A>(answer: () => A, bit: number): A | string {
  try {
    return answer();
  } catch (error) {
    if (error instanceof BraidError) return error.message;
    throw new Error(`with bit ${bit} changed: ${(error as Error).message}`, { cause: error });
  }
}
