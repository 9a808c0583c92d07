/** A process of its own that prepares every site of a folder as one batch: its time and its peak memory. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { prepIoData } from "../steps/prep-io-data.ts";
import { daysOf, drivers, siteIds } from "./made-up-files.ts";

const [folder = "", sites = "", years = ""] = process.argv.slice(2);
const { from, to } = daysOf(Number(years));
const out = join(folder, "prepared");
mkdirSync(out, { recursive: true });
let done = 0;
const jobs = siteIds(Number(sites)).map((site_id) => ({
  input: { observations: join(folder, "obs_file.csv"), drivers: join(folder, "input_file.csv") },
  output: { prepared: join(out, `${site_id}.npz`), excluded: join(out, `${site_id}.csv`) },
  wildcards: { site_id },
  params: {
    ...{ variables: ["discharge_cms", "temp_c"], drivers, logarithms: [], mask: [] },
    partitions: { train: [{ from, to }] },
    sequence: { length: 365, warmup: 0 },
  },
  resources: {} as never,
  log: () => {},
  warn: () => {},
  done: () => {
    done += 1;
  },
  fail: (error: unknown) => {
    throw error;
  },
}));
const started = performance.now();
await prepIoData(Object.assign(jobs, { stopping: false }));
const seconds = (performance.now() - started) / 1000;
console.log(JSON.stringify({ done, seconds, peakMiB: process.resourceUsage().maxRSS / 1024 }));
