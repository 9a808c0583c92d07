/** Two jobs that fail at first: one at Slurm's time limit in one partition, one with an exit code. */
import { rule, workflow } from "braid-engine";

const place = 'echo "$SLURM_JOB_PARTITION" {attempt} {resources.runtime} > {output}';
const overdue = rule({
  output: "overdue.txt",
  resources: { runtime: "1min", mem_mb: 100 },
  retries: { timeout: 1 },
  queue: ({ reason }) => ({ partition: reason === "timeout" ? "main" : "short" }),
  shell: `if [ {attempt} = 1 ]; then sleep 600; fi; ${place}`,
});
const code = rule({
  output: "code.txt",
  resources: { runtime: "1min", mem_mb: 100 },
  retries: { exit: { 75: 1 }, other: 0 },
  queue: { partition: "short", extra: ["--nice=10"] },
  shell: `if [ {attempt} = 1 ]; then exit 75; fi; ${place}`,
});
export default workflow({ rules: { all: rule({ input: [overdue.output, code.output] }), overdue, code } });
