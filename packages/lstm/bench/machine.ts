/** What the machine itself gives, whoever computes: two threads for one, and SIMD as wide as it has. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { median } from "./workload.ts";

/**
 * How many times the work of one thread two do that only multiply and add in registers: no memory, no
 * garbage, nothing of ours. The median of some turns, one thread and two in turn.
 */
export async function measureTwoThreads(turns = 9): Promise<number> {
  const workers = Array.from({ length: 2 }, () => new Worker(new URL("chains-worker.ts", import.meta.url)));
  const rates = async (some: readonly Worker[]) =>
    Promise.all(
      some.map((worker) => {
        const rate = new Promise<number>((resolve) => worker.once("message", resolve));
        worker.postMessage(500);
        return rate;
      }),
    );
  await rates(workers);
  const ratios: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const [one] = await rates(workers.slice(0, 1));
    const [a, b] = await rates(workers);
    ratios.push((a! + b!) / one!);
  }
  for (const worker of workers) worker.terminate();
  return median(ratios);
}

const source = `#include <stdio.h>
#include <time.h>
#if defined(__AVX512F__)
#define W 16
#elif defined(__AVX__)
#define W 8
#else
#define W 4
#endif
typedef float vec __attribute__((vector_size(4 * W)));
int main(int argc, char **argv) {
  float a = argc > 1 ? 0 : 0.999f, b = argc > 1 ? 1 : 0.001f;
  double best = 0;
  float keep = 0;
  for (int turn = 0; turn < 200; turn++) {
    vec s[12], scale = a + (vec){0}, more = b + (vec){0};
    for (int i = 0; i < 12; i++) s[i] = (float)i + (vec){0};
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int n = 0; n < 100000; n++)
      for (int i = 0; i < 12; i++) s[i] = s[i] * scale + more;
    clock_gettime(CLOCK_MONOTONIC, &to);
    for (int i = 0; i < 12; i++) keep += s[i][0];
    double rate = 100000. * 12 * W * 2 / ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec));
    if (rate > best) best = rate;
  }
  printf("%d %f %f\\n", 32 * W, best, keep);
}
`;

/** GFLOP/s of one thread as wide as the processor has it, by the C compiler `cc`; null where there is none. */
export function measureNativePeak(): { readonly bits: number; readonly rate: number } | null {
  const folder = mkdtempSync(join(tmpdir(), "braid-peak-"));
  try {
    writeFileSync(join(folder, "peak.c"), source);
    const program = join(folder, "peak");
    const options = ["-O3", "-march=native", "-ffp-contract=fast", "-funroll-loops"];
    execFileSync("cc", [...options, "-o", program, join(folder, "peak.c")], { stdio: "pipe" });
    const [bits, rate] = execFileSync(program, { encoding: "utf8" }).split(" ").map(Number);
    return { bits: bits!, rate: rate! };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
