/** Where the PTX of each build lies and what it asks of a machine; build.ts writes it, cuda.ts loads it. */

/**
 * The PTX language of the files: 6.3 is the first that knows the oldest target, so that every driver that
 * knows such GPUs reads it. What nvcc wrote uses nothing newer, which ptxas confirms when it is built.
 */
export const ptxVersion = "6.3";

/** Compute capability 7.5 (Turing, 2018), the oldest that nvcc 13 compiles for; newer GPUs run it as well. */
export const oldestCompute = 75;

/** As cuDriverGetVersion has it: CUDA 10.0, driver 410, brought PTX 6.3. */
export const oldestCuda = 10_000;

/** The file of the build for H units. */
export const ptxUrl = (hidden: number): URL => new URL(`ptx/lstm.h${hidden}.ptx`, import.meta.url);
