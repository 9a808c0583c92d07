/** describe_provenance: the experiment's settings as a file, and where all results come from as an RO-Crate. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { crate, type FileRecord } from "../statistics/crate.ts";
import { readScores } from "../statistics/scores.ts";
import { softwareHere } from "../statistics/software.ts";

interface ProvenanceJob {
  readonly input: {
    /** The data files. */
    readonly data: readonly string[];
    readonly metrics: string;
    readonly results: readonly string[];
  };
  readonly output: { readonly experiment: string; readonly crate: string };
  readonly params: {
    readonly name: string;
    readonly primary: string;
    readonly synthetic: boolean;
    /** The resolved config without the backend it asks for: the metrics say which ones trained. */
    readonly settings: object;
    readonly run: object;
  };
}

/** Writes both files. */
export async function describeProvenance({ input, output, params }: ProvenanceJob): Promise<void> {
  const { name, primary, synthetic, settings, run } = params;
  // Outputs are written elsewhere and moved: inputs tell where the crate will lie.
  const folder = dirname(input.metrics);
  const files = [input.metrics, ...input.results].map((file) => [file, relative(folder, file)] as const);
  const own = [output.experiment, `statistics/${basename(output.experiment)}`] as const;
  const { backends, models } = await readScores(input.metrics, primary, "nse");
  const experiment = { ...settings, ...run, trainedBy: backends };
  await writeFile(output.experiment, `${JSON.stringify(experiment, null, 2)}\n`);
  const metadata = crate({
    name: `Experiment ${name}`,
    description: `${synthetic ? "SYNTHETIC data, which say nothing about rivers. " : ""}Multi-task LSTMs compared with single-task ones at predicting ${primary}: scores, tests and tables.`,
    date: (await stat(input.metrics)).mtime.toISOString().slice(0, 10),
    results: await Promise.all([...files, own].map(([file, path]) => recordOf(file, path))),
    data: await Promise.all(input.data.map((file) => recordOf(file, basename(file)))),
    software: await softwareHere(),
    backends,
    models,
  });
  await writeFile(output.crate, `${JSON.stringify(metadata, null, 2)}\n`);
}

async function recordOf(file: string, path: string): Promise<FileRecord> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { path, bytes, sha256: hash.digest("hex") };
}
