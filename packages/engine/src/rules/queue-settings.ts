/** Which part of a cluster runs a job. Only the executors `slurm` and `command` read it. */

export interface QueueSettings {
  readonly account?: string;
  readonly partition?: string;
  readonly qos?: string;
  /** Features of nodes: `ib&avx512`. */
  readonly constraint?: string;
  /** Generic resources: `gpu:a100:1`. */
  readonly gres?: string;
  /** Further arguments of sbatch, one string each. */
  readonly extra?: readonly string[];
  /** Values for other `{names}` in the commands of the executor `command`. */
  readonly set?: Readonly<Record<string, string | number>>;
}
