/**
 * `pnpm exp:a:look [FILE]`: a first look at the gathered metrics as a data frame: what it holds, and each
 * variable's scores described. danfojs serves here, where a person looks at a frame and seconds of
 * loading do not matter; it is told the type of every column, so that ids stay text ("01022500").
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "@braid/data/command";
import { openTable } from "@braid/data/tables";
import { cannot } from "braid-engine";

const texts: readonly string[] = ["experiment", "site_id", "partition", "variable", "trained", "backend"];
const shown = ["site_id", "factor", "seed", "partition", "n_obs", "rmse", "nse"];
const described = ["rmse", "nse", "r", "mean_bias"];

/** The metrics of `file` as a frame: keys as text, scores as numbers, null where there is no score. */
export async function readFrame(file: string) {
  if (!existsSync(file))
    throw cannot("look at", file, "it does not exist", { hint: "Run the experiment first: pnpm exp:a" });
  const { columns } = await openTable(file);
  const { default: danfo } = await import("danfojs-node");
  const types = {
    dynamicTyping: Object.fromEntries(columns.map((column) => [column, !texts.includes(column)])),
    frameConfig: { dtypes: columns.map((column) => (texts.includes(column) ? "string" : "float32")) },
  };
  return danfo.readCSV(file, types as object);
}

/** Prints the frame of `file`. */
export async function look(file: string): Promise<void> {
  const frame = await readFrame(file);
  const variables = frame.column("variable").unique().values as string[];
  const sites = frame.column("site_id").nUnique();
  console.log(`${file}: ${frame.shape[0]} lines, ${sites} sites, variables ${variables.join(", ")}`);
  const about = join(dirname(file), "about.txt");
  if (existsSync(about)) console.log(`\n${readFileSync(about, "utf8").trimEnd()}`);
  for (const variable of variables) {
    // danfojs compares text columns as well, though its types know only of numbers.
    const its = frame.column("variable").eq(variable as unknown as number);
    const scored = frame
      .query(its)
      .loc({ columns: [...new Set([...shown, ...described])] })
      .dropNa({ axis: 1 });
    console.log(`\n${variable}: ${scored.shape[0]} models scored`);
    if (scored.shape[0] === 0) continue;
    scored.loc({ columns: shown }).head(5).print();
    scored.loc({ columns: described }).describe().print();
    console.log(`${variable}: means by factor`);
    scored
      .loc({ columns: ["factor", "rmse", "nse"] })
      .groupby(["factor"])
      .agg({ rmse: "mean", nse: "mean" })
      .print();
  }
}

const help = `Usage: pnpm exp:a:look [FILE]

  Prints a table of scores as data frames: the first scores of each variable, their distribution, and means by factor.
  FILE is expA/overall_metrics.csv unless you name another.
`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runCommand({
    help,
    folders: "any",
    options: {},
    async run(_, [file = "expA/overall_metrics.csv"]) {
      await look(resolve(file));
      return 0;
    },
  });
