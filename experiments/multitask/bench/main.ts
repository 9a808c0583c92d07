/**
 * `pnpm bench data`: CPU and wall seconds per million rows of reading obs_file.csv, beside DuckDB on the same file, turn by turn;
 * then all sites prepared by the command of a run, with the time and the peak memory of that process.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { checkTable, collectFindings } from "@braid/data/check";
import { indexSites, readRecords } from "@braid/data/records";
import { openTable } from "@braid/data/tables";
import { count, median } from "braid-engine/quantities";
import { daysOf, siteIds, writeFiles } from "./made-up-files.ts";

const help = `Usage: pnpm bench data [--sites 101] [--years 40] [--rounds 5] [--duckdb FOLDER]

Writes obs_file.csv and input_file.csv with synthetic numbers to a temporary folder. Times ways to read obs_file.csv, in
turns (A B C A B C ...), and prints medians; on a busy machine, compare the CPU seconds. Then prepares all sites as
pnpm exp:a does, in a process of its own, and prints its peak memory.

  --sites N        sites (671 x 40 years: 0.9 GB of files)
  --years N        years of days per site
  --rounds N       number of turns
  --duckdb FOLDER  also time DuckDB: the folder in which you ran npm install @duckdb/node-api (70 MB)
  --help           print this help`;

const { values: options } = parseArgs({
  options: {
    sites: { type: "string", default: "101" },
    years: { type: "string", default: "40" },
    rounds: { type: "string", default: "5" },
    duckdb: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

interface Candidate {
  readonly name: string;
  /** Reads the file once; gives the number of rows. */
  readonly read: (file: string) => Promise<number>;
}

/** The file by a path that was not used yet: the index is kept by path, and each turn shall build it. */
function anew(file: string): string {
  turn += 1;
  return file.replace("/obs_file", `${"/.".repeat(turn)}/obs_file`);
}

const ours: Candidate[] = [
  {
    name: "find the lines of each site",
    read: async (file) => {
      const { spans } = await indexSites(anew(file));
      return spans.size * days.count;
    },
  },
  {
    name: "read every site, with the checks",
    read: async (file) => {
      let rows = 0;
      for await (const [, record] of readRecords(anew(file), siteIds(sites), {
        numbers: ["discharge_cms", "temp_c"],
      })) {
        if (record instanceof Error) throw record;
        rows += record.days.length;
      }
      return rows;
    },
  },
  {
    name: "pnpm data check, of this file",
    read: async (file) => {
      const summaries = await checkTable(await openTable(file), "observations", collectFindings());
      return [...summaries.values()].reduce((sum, { rows }) => sum + rows, 0);
    },
  },
];

/** DuckDB reads the file into a table in memory; ids are told to be text, or it would drop their zeros. */
async function duckdb(folder: string, threads: number): Promise<Candidate> {
  const entry = createRequire(join(folder, "package.json")).resolve("@duckdb/node-api");
  const { DuckDBInstance } = (await import(pathToFileURL(entry).href)) as {
    DuckDBInstance: {
      create(
        path: string,
        options: object,
      ): Promise<{
        connect(): Promise<{
          run(sql: string): Promise<unknown>;
          runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
        }>;
      }>;
    };
  };
  const database = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const connection = await database.connect();
  const columns = "{'site_id': 'VARCHAR', 'date': 'DATE', 'discharge_cms': 'DOUBLE', 'temp_c': 'DOUBLE'}";
  return {
    name: `DuckDB, ${count(threads, "thread")}`,
    read: async (file) => {
      const sql = `CREATE OR REPLACE TABLE t AS SELECT * FROM read_csv('${file}', columns = ${columns})`;
      await connection.run(sql);
      return Number((await connection.runAndReadAll("SELECT count(*) FROM t")).getRows()[0]![0]);
    },
  };
}

const [sites, years, rounds] = [options.sites, options.years, options.rounds].map(Number) as [
  number,
  number,
  number,
];
const days = daysOf(years);
const rowsOfFile = sites * days.count;
let turn = 0;

async function bench(folder: string): Promise<void> {
  await writeFiles(folder, sites, years);
  const file = join(folder, "obs_file.csv");
  const { size } = await stat(file);
  console.log(
    `${rowsOfFile} rows a file, ${sites} sites x ${years} years; obs_file.csv ${(size / 1e6).toFixed(0)} MB\n`,
  );
  const peers =
    options.duckdb === undefined ? [] : [await duckdb(options.duckdb, 1), await duckdb(options.duckdb, 2)];
  const candidates = [...ours, ...peers];
  const wall = candidates.map((): number[] => []);
  const cpu = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { name, read }] of candidates.entries()) {
      const [started, used] = [performance.now(), process.cpuUsage()];
      const rows = await read(file);
      const { user, system } = process.cpuUsage(used);
      wall[i]!.push((performance.now() - started) / 1e3 / (rowsOfFile / 1e6));
      cpu[i]!.push((user + system) / 1e6 / (rowsOfFile / 1e6));
      if (rows !== rowsOfFile) throw new Error(`Internal error: ${name} read ${rows} rows of ${rowsOfFile}`);
    }
  console.log("seconds per million rows, median     CPU    wall");
  for (const [i, { name }] of candidates.entries())
    console.log(
      `${name.padEnd(32)} ${median(cpu[i]!).toFixed(2).padStart(7)} ${median(wall[i]!).toFixed(2).padStart(7)}`,
    );
  const prepare = join(import.meta.dirname, "prepare-all.ts");
  const out = execFileSync(process.execPath, [prepare, folder, String(sites), String(years)], {
    encoding: "utf8",
  });
  const made = JSON.parse(out.trimEnd().split("\n").at(-1)!) as { seconds: number; peakMiB: number };
  console.log(
    `\n${sites} sites prepared: ${made.seconds.toFixed(1)} s, ` +
      `${(made.seconds / (rowsOfFile / 1e6)).toFixed(2)} s per million rows, peak memory ${made.peakMiB.toFixed(0)} MiB`,
  );
}

if (options.help) console.log(help);
else if (![sites, years, rounds].every((n) => Number.isInteger(n) && n > 0)) {
  console.error("Cannot measure: --sites, --years and --rounds are whole numbers above 0");
  process.exitCode = 2;
} else {
  const folder = await mkdtemp(join(tmpdir(), "braid-bench-"));
  try {
    await bench(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
