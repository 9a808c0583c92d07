/** The rows of the benchmark: what is run, where, and how many jobs each engine must say that it has. */
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { median } from "braid-engine/quantities";
import { jobCount, missingFiles, type Scale, sources } from "./graph.ts";
import { writeMakefile } from "./make.ts";
import { type Cost, measure } from "./measure.ts";
import { writeNinja, writeNinjaLog } from "./ninja.ts";
import { writeSnakefile } from "./snakemake.ts";

export interface BenchmarkOptions {
  readonly scale: Scale;
  /** Those of ninja, make, python3 and snakemake that are installed and wanted. */
  readonly peers: readonly string[];
  readonly reps: number;
  /** Ninja at ten times the jobs too: minutes, since it looks at all inputs of a job whenever one of them is made. */
  readonly slowNinja: boolean;
  /** Where to work; undefined: a temporary folder. */
  readonly folder: string | undefined;
  readonly log: (text: string) => void;
}

/** One engine's figures in one row: medians of CPU and wall seconds, the most memory in MB. */
export interface Figure {
  readonly row: string;
  readonly engine: string;
  /** Jobs that the engine said it has to do. */
  readonly jobs: number;
  readonly cpu: number;
  readonly wall: number;
  readonly memory: number;
}

interface Contender {
  readonly engine: string;
  readonly command: readonly string[];
  readonly folder: string;
  /** Jobs to be done, read from what it printed. */
  readonly jobs: (output: string) => number;
}

const tenth = (scale: Scale): Scale => ({ ...scale, sites: Math.max(1, Math.round(scale.sites / 10)) });
const tenfold = (scale: Scale): Scale => ({ ...scale, sites: scale.sites * 10 });
/** 978 jobs, or 28: few enough for engines that start a process for each. */
const fewer = ({ sites }: Scale): Scale =>
  sites > 1 ? { sites: 16, factors: 4, seeds: 5 } : { sites: 2, factors: 2, seeds: 2 };

/** 246 jobs, or 15: starting Python takes a tenth of a second of CPU. */
const leastOf = ({ sites, factors, seeds }: Scale): Scale => ({
  sites: Math.ceil(sites / 4),
  factors,
  seeds,
});

/** Measures everything; throws where an engine's jobs are not those of the graph. */
export function benchmark({ scale, peers, reps, slowNinja, folder, log }: BenchmarkOptions): Figure[] {
  const root = folder === undefined ? mkdtempSync(join(tmpdir(), "braid-bench-")) : resolve(folder);
  if (folder !== undefined) mkdirSync(root);
  const figures: Figure[] = [];
  const has = (peer: string) => peers.includes(peer);
  const some = (contenders: readonly Contender[]) =>
    contenders.filter(({ engine }) => engine.startsWith("braid") || has(engine));
  const row = (name: string, jobs: number, contenders: readonly Contender[], times = reps) => {
    log(`${name} ...`);
    const found = compare(name, jobs, some(contenders), times);
    for (const { engine, cpu, memory } of found)
      log(`  ${engine}: ${cpu.toFixed(2)} s of CPU, ${Math.round(memory)} MB`);
    figures.push(...found);
  };
  /** A folder with the sources, and the graph in the words of each engine. */
  const place = (name: string, size: Scale) => {
    const at = join(root, name);
    mkdirSync(at);
    for (const source of sources) writeFileSync(join(at, source), "");
    if (has("ninja")) writeNinja(at, size);
    if (has("make")) writeMakefile(at, size);
    if (has("snakemake")) writeSnakefile(at, size);
    return at;
  };

  try {
    const jobs = jobCount(scale);
    const empty = place("empty", scale);
    row("dry run, nothing built", jobs, [
      braid(empty, scale, ["-n", "--quiet"]),
      ninja(empty, ["-n"]),
      make(empty, ["-n"]),
    ]);
    const built = place("built", scale);
    row("trivial jobs really run", jobs, [braid(built, scale, [])], 1);
    if (has("ninja")) writeNinjaLog(built, scale);
    row("no-op, all built", 0, [braid(built, scale, []), ninja(built, []), make(built, [])]);
    const lost = [...missingFiles(scale, 100)];
    for (const path of lost) unlinkSync(join(built, path));
    // With `all`.
    row("1 % missing, dry run", lost.length + 1, [
      braid(built, scale, ["-n", "--quiet"]),
      ninja(built, ["-n"]),
      make(built, ["-n"]),
    ]);
    const large = place("large", tenfold(scale));
    row(
      "ten times the jobs, dry run",
      jobCount(tenfold(scale)),
      [braid(large, tenfold(scale), ["-n", "--quiet"]), ...(slowNinja ? [ninja(large, ["-n"])] : [])],
      slowNinja ? 1 : reps,
    );
    const few = fewer(scale);
    for (let i = 0; i < Math.min(reps, 3); i++) {
      const at = (engine: string) => place(`${engine}-${i}`, few);
      row(
        "trivial jobs really run",
        jobCount(few),
        [
          braid(at("braid"), few, []),
          { ...braid(at("braid-shell"), few, ["--body", "shell"]), engine: "braid, shell" },
          ninja(at("ninja"), []),
          make(at("make"), []),
        ],
        1,
      );
    }
    if (has("python3")) {
      const least = leastOf(few);
      const at = (engine: string) => place(`${engine}-python`, least);
      const started = at("ninja");
      if (has("ninja")) writeNinja(started, least, `python3 ${join(import.meta.dirname, "touch.py")}`);
      row(
        "Python scripts really run",
        jobCount(least),
        [braid(at("braid"), least, ["--body", "script"]), ninja(started, [])],
        1,
      );
    }
    if (has("snakemake")) {
      const small = place("tenth", tenth(scale));
      row(
        "dry run, nothing built, a tenth of the jobs",
        jobCount(tenth(scale)),
        [braid(small, tenth(scale), ["-n", "--quiet"]), snakemake(small, ["-n", "--quiet"])],
        1,
      );
    }
    return merged(figures);
  } finally {
    if (folder === undefined) rmSync(root, { recursive: true });
  }
}

/** Runs the contenders in turns, so that what else the machine does hits all of them alike. */
function compare(row: string, jobs: number, contenders: readonly Contender[], reps: number): Figure[] {
  const costs = contenders.map((): Cost[] => []);
  for (let rep = 0; rep < reps; rep++)
    contenders.forEach((contender, i) => {
      const cost = measure(contender.folder, contender.command);
      const found = contender.jobs(cost.output);
      if (found !== jobs)
        throw new Error(
          `${row}: ${contender.engine} has ${found} jobs instead of ${jobs}\n${cost.output.slice(-500)}`,
        );
      costs[i]!.push(cost);
    });
  return contenders.map(({ engine }, i) => ({ row, engine, jobs, ...summary(costs[i]!) }));
}

function summary(costs: readonly Pick<Cost, "cpu" | "wall" | "memory">[]) {
  return {
    cpu: median(costs.map((cost) => cost.cpu)),
    wall: median(costs.map((cost) => cost.wall)),
    memory: Math.max(...costs.map((cost) => cost.memory)),
  };
}

/** One figure per row, size and engine: repetitions that each needed a folder of their own become one. */
function merged(figures: readonly Figure[]): Figure[] {
  const groups = Map.groupBy(figures, ({ row, jobs, engine }) => `${row}\0${jobs}\0${engine}`);
  return [...groups.values()].map((group) => ({ ...group[0]!, ...summary(group) }));
}

const start = resolve(import.meta.dirname, "../../../scripts/start.mjs");

function braid(folder: string, scale: Scale, options: readonly string[]): Contender {
  const size = Object.entries(scale).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return {
    engine: "braid",
    folder,
    command: [
      process.execPath,
      start,
      "test/bench/engine/braid.ts",
      ...options,
      "--directory",
      folder,
      ...size,
    ],
    jobs(output) {
      if (output.includes("Nothing to be done")) return 0;
      return Number(/^total +(\d+)$/m.exec(output)?.[1] ?? Number.NaN);
    },
  };
}

/** Ninja has no job for `all`; 1 is added where it has any. */
function ninja(folder: string, options: readonly string[]): Contender {
  return {
    engine: "ninja",
    folder,
    command: ["ninja", ...options],
    jobs(output) {
      if (output.includes("no work to do")) return 0;
      return Number(/^\[\d+\/(\d+)\]/m.exec(output)?.[1] ?? Number.NaN) + 1;
    },
  };
}

function make(folder: string, options: readonly string[]): Contender {
  return {
    engine: "make",
    folder,
    command: ["make", ...options],
    jobs(output) {
      if (output.includes("Nothing to be done")) return 0;
      return output.split("\n").filter((line) => line.startsWith("mkdir ")).length + 1;
    },
  };
}

function snakemake(folder: string, options: readonly string[]): Contender {
  return {
    engine: "snakemake",
    folder,
    command: ["snakemake", "--cores", "1", ...options],
    jobs: (output) => Number(/^total +(\d+)/m.exec(output)?.[1] ?? Number.NaN),
  };
}
