/** `pnpm data`, `pnpm bench`, `pnpm run setup` and `pnpm bundle`: `node scripts/start.mjs scripts/groups.ts NAME ...`. */
import { type Group, startGroup } from "./group.ts";

const groups: Readonly<Record<string, Group>> = {
  "pnpm data": {
    check: [
      "experiments/multitask/check-data.ts",
      "Check a data folder, or with --configfile the data that a run needs",
    ],
    sample: ["data/src/make-sample.ts", "Make the synthetic sample"],
    import: ["data/src/import-data.ts", "Import files of your own, or a published data set"],
    camels: ["data/src/import-camels.ts", "Import CAMELS-US: the older name of import --layout camels-us"],
    fetch: ["data/src/fetch-data.ts", "Download flow, water temperature and weather for USGS sites"],
    parquet: ["data/src/convert-data.ts", "Convert Parquet tables to CSV"],
    spoil: [
      "experiments/multitask/testing/spoil-data.ts",
      "Damage data in many ways, and count how often a run rejects them",
    ],
  },
  "pnpm bench": {
    engine: ["test/bench/engine.ts", "The engine, compared with Ninja, make and Snakemake"],
    train: ["test/bench/train/main.ts", "Training, compared with PyTorch and Keras"],
    pipeline: ["test/bench/pipeline.ts", "The experiment, from the data to the table of scores"],
    data: ["experiments/multitask/bench/main.ts", "Reading and preparing data: time and memory"],
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
    npm: ["scripts/pack-npm.ts", "Check that the npm packages are ready for a release, and pack them"],
    offline: ["scripts/pack-offline.ts", "Pack the project for a machine without network"],
    api: ["scripts/api-reference.ts", "Write the API reference of the packages, as web pages"],
    "gpu-check": ["scripts/pack-gpu-check.ts", "Pack a check of the GPU kernel for a machine that has one"],
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = Object.keys(groups).find((each) => each.endsWith(` ${name}`));
if (command === undefined) throw new Error(`There is no group of commands named "${name}".`);
await startGroup(command, groups[command]!, args);
