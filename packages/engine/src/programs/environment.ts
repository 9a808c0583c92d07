/** What a process that works for a job is told through its environment: how many threads it has, which devices it sees. */

/** What a job may use. */
export interface JobMeans {
  readonly threads: number;
  /** Numbers of the devices that it may see. */
  readonly gpus: readonly number[];
}

/** The variables by which numeric libraries are told: those that Snakemake sets too. */
const threadVariables = [
  "OMP_NUM_THREADS",
  "GOTO_NUM_THREADS",
  "OPENBLAS_NUM_THREADS",
  "MKL_NUM_THREADS",
  "VECLIB_MAXIMUM_THREADS",
  "NUMEXPR_NUM_THREADS",
];

/** Without it, each of sixteen jobs at once would start as many threads as there are cores. */
export function environmentOf({ threads, gpus }: JobMeans): Readonly<Record<string, string>> {
  return {
    ...Object.fromEntries(threadVariables.map((name) => [name, String(threads)])),
    ...(gpus.length === 0 ? {} : { CUDA_VISIBLE_DEVICES: deviceNames(gpus) }),
  };
}

/** Devices by their numbers among those that this process sees. */
export function deviceNames(gpus: readonly number[]): string {
  const visible = process.env.CUDA_VISIBLE_DEVICES?.split(",").filter((name) => name !== "");
  return gpus.map((gpu) => visible?.[gpu] ?? gpu).join(",");
}
