/**
 * `pnpm run doctor`: what this machine has and what would be used, in plain words: first what a run of the
 * workflow needs, then what can train. (Without `run`, `doctor` is a command of pnpm itself.)
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const help = `Usage: pnpm run doctor

  Checks Node, memory, the working folder, Slurm, SIMD, GPU drivers and TensorFlow.js on this machine, and prints
  the backend that \`auto\` selects. Exit code 1 if a run would not work.
`;

if (process.argv.slice(2).some((word) => word === "--help" || word === "-h")) {
  process.stdout.write(help);
} else {
  const run = (file: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, "..", file), ...args], { stdio: "inherit" })
      .status;
  const working = run("experiments/multitask/main.ts", "doctor");
  process.stdout.write("\nTraining\n");
  const training = run("experiments/multitask/survey.ts");
  process.exitCode = working === 0 && training === 0 ? 0 : 1;
}
