/**
 * `pnpm bench engine`: what the engine costs beside Ninja, make and Snakemake, on the same graph, files and
 * machine, turn by turn. Read CPU seconds: wall times of a busy machine say little.
 */
import { parseArgs } from "node:util";
import { fullScale, type Scale } from "./engine/graph.ts";
import { missingTools } from "./engine/measure.ts";
import { benchmark } from "./engine/rows.ts";
import { ratioToNinja, table } from "./engine/table.ts";
import { record, versionsOf } from "./history.ts";

const help = `Usage: pnpm bench engine [OPTION ...]

  Generates the graph of the blog (101 sites x 9 factors x 30 seeds: 81,913 jobs) for this engine, Ninja and
  make, and measures whole processes, which take turns: dry run, no-op, 1 % missing, ten times the jobs, trivial jobs
  and Python scripts really run. Prints medians of CPU seconds (user + system) and peak memory, and ratios to Ninja.
  Takes about 10 minutes. Peers that are not installed are left out: apt-get install ninja-build make snakemake time

  --small        One site instead of 101, for a quick look and for tests
  --reps N       Repetitions of what takes seconds [default: 5; --small: 1]
  --snakemake    Snakemake too, at a tenth of the scale (minutes)
  --slow-ninja   Ninja at ten times the jobs too (minutes: it is not linear there)
  --folder DIR   Work in this folder and leave it; it must not exist yet [default: a temporary one, removed]
  --json         The figures as JSON instead of a table
  --record DIR   Append the figures to DIR/VERSION.jsonl too, as releases do: --record test/bench/history
  --help         Show this
`;

const { values: options } = parseArgs({
  options: {
    small: { type: "boolean", default: false },
    reps: { type: "string" },
    snakemake: { type: "boolean", default: false },
    "slow-ninja": { type: "boolean", default: false },
    folder: { type: "string" },
    json: { type: "boolean", default: false },
    record: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

if (options.help) process.stdout.write(help);
else {
  const scale: Scale = options.small ? { ...fullScale, sites: 1 } : fullScale;
  const peers = ["ninja", "make", "python3", ...(options.snakemake ? ["snakemake"] : [])];
  const missing = missingTools(peers);
  if (missing.includes("time")) {
    process.stderr.write("Cannot measure: /usr/bin/time is not installed (apt-get install time)\n");
    process.exitCode = 2;
  } else {
    for (const peer of missing) process.stderr.write(`Left out: ${peer} is not installed.\n`);
    const rows = benchmark({
      scale,
      peers: peers.filter((peer) => !missing.includes(peer)),
      reps: Number(options.reps ?? (options.small ? 1 : 5)),
      slowNinja: options["slow-ninja"],
      folder: options.folder,
      log: (text) => process.stderr.write(`${text}\n`),
    });
    if (options.record !== undefined) {
      const figures = rows.map((figure) => ({ ...figure, ratioToNinja: ratioToNinja(figure, rows) }));
      const words = process.argv.slice(2);
      record(options.record, {
        ...{ bench: "bench engine", options: words, figures },
        peers: versionsOf(peers.filter((peer) => !missing.includes(peer))),
      });
    }
    process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${table(rows)}\n`);
  }
}
