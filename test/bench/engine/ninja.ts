/** The graph for Ninja, and the log that Ninja would have left after making all of it. */
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileJobs, type Scale } from "./graph.ts";

/** Writes `build.ninja`; `program` makes the files that it gets as arguments. */
export function writeNinja(folder: string, scale: Scale, program = "touch"): void {
  const rules = [
    "prep_io_data",
    "train_model",
    "make_predictions",
    "evaluate_predictions",
    "combine_metrics",
  ];
  const lines = [
    "ninja_required_version = 1.5",
    ...rules.map((rule) => `rule ${rule}\n  command = ${program} $out`),
  ];
  for (const { rule, output, inputs } of fileJobs(scale))
    lines.push(`build ${output}: ${rule} ${inputs.join(" ")}`);
  lines.push("build all: phony expA/overall_metrics.csv", "default all", "");
  writeFileSync(join(folder, "build.ninja"), lines.join("\n"));
}

/**
 * Writes `.ninja_log` (format 5: Ninja 1.5 to 1.11) for the files that stand. Without it Ninja makes all of
 * them again, and making them by Ninja itself takes minutes. Whether it believes the log is checked by
 * running it: the no-op must say "no work to do".
 */
export function writeNinjaLog(folder: string, scale: Scale): void {
  const lines = ["# ninja log v5"];
  for (const { output } of fileJobs(scale)) {
    const { mtimeNs } = statSync(join(folder, output), { bigint: true });
    lines.push(`0\t1\t${mtimeNs}\t${output}\t${murmurHash64A(`touch ${output}`).toString(16)}`);
  }
  writeFileSync(join(folder, ".ninja_log"), `${lines.join("\n")}\n`);
}

/** Austin Appleby's MurmurHash64A with the seed of Ninja's `BuildLog::LogEntry::HashCommand`. */
export function murmurHash64A(text: string): bigint {
  const bytes = Buffer.from(text);
  const m = 0xc6a4a7935bd1e995n;
  const times = (value: bigint) => BigInt.asUintN(64, value * m);
  let h = 0xdecafbaddecafbadn ^ times(BigInt(bytes.length));
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    const k = times(bytes.readBigUInt64LE(at));
    h = times(h ^ times(k ^ (k >> 47n)));
  }
  if (whole < bytes.length) {
    let rest = 0n;
    for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8n) | BigInt(bytes[at]!);
    h = times(h ^ rest);
  }
  h = times(h ^ (h >> 47n));
  return h ^ (h >> 47n);
}
