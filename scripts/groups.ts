/** `pnpm data`, `pnpm bench`, `pnpm run setup` and `pnpm bundle`: `node scripts/start.mjs scripts/groups.ts NAME ...`. */
import { type Group, startGroup } from "./group.ts";

const groups: Readonly<Record<string, Group>> = {
  "pnpm data": {
    check: [
      "experiments/multitask/check-data.ts",
      "Check a data folder, or with --configfile what a run of it needs",
    ],
    sample: ["data/src/make-sample.ts", "Make the synthetic sample"],
    camels: ["data/src/import-camels.ts", "Import the CAMELS data set"],
    fetch: ["data/src/fetch-data.ts", "Fetch gauges and weather from web services"],
    parquet: ["data/src/convert-data.ts", "Convert between CSV and Parquet"],
    spoil: [
      "experiments/multitask/testing/spoil-data.ts",
      "Write damaged copies of a data folder, to test the checks",
    ],
  },
  "pnpm bench": {
    engine: ["test/bench/engine.ts", "The engine beside Ninja, make and Snakemake"],
    train: ["test/bench/train/main.ts", "Training, beside PyTorch and Keras"],
    pipeline: ["test/bench/pipeline.ts", "The experiment, from the data to the table of scores"],
    data: ["experiments/multitask/bench/main.ts", "Reading, joining and writing tables, by library"],
    report: ["test/bench/report.ts", "The report of the experiment"],
    "run-report": ["test/bench/run-report.ts", "The report of a run"],
    "live-view": ["test/bench/live-view.ts", "The live view of a run"],
    slurm: ["test/bench/slurm.ts", "A run on Slurm"],
    "slurm-simulator": ["packages/cluster/simulator/main.ts", "A run on a simulated Slurm"],
  },
  "pnpm run setup": {
    native: ["packages/lstm-native/src/setup.ts", "Compile the C kernel for this machine"],
    "tfjs-gpu": ["scripts/setup-tfjs-gpu.ts", "Install TensorFlow.js for an NVIDIA GPU"],
  },
  "pnpm bundle": {
    offline: ["scripts/pack-offline.ts", "Pack the project for a machine without network"],
    "gpu-check": ["scripts/pack-gpu-check.ts", "Pack a check of the GPU kernel for a machine that has one"],
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.keys(groups).find((each) => each.endsWith(` ${name}`));
if (command === undefined) throw new Error(`There is no group of commands named "${name}".`);
await startGroup(command, groups[command]!, args);
