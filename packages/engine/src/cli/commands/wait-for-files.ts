/** `--wait-for-files`: on network file systems, what another machine has written may be seen here only later. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { cannot } from "../../errors.ts";
import { count } from "../../quantities.ts";

/** ms between two looks. */
const pause = 100;
/** Of the files that are missing, so many are named. */
const named = 10;

export interface WaitOptions {
  /** Paths, as seen from `folder`. */
  readonly files: readonly string[];
  readonly folder: string;
  /** Seconds. */
  readonly latencyWait: number;
  /** Told once, before a wait begins. */
  say(text: string): void;
}

/** Resolves when all files are there; throws where some are still missing after `latencyWait` seconds. */
export async function waitForFiles({ files, folder, latencyWait, say }: WaitOptions): Promise<void> {
  const absent = (paths: readonly string[]) => paths.filter((path) => !existsSync(resolve(folder, path)));
  let missing = absent(files);
  if (missing.length > 0 && latencyWait > 0)
    say(`Waiting at most ${latencyWait} s for ${count(missing.length, "missing file")}.`);
  const until = performance.now() + latencyWait * 1_000;
  while (missing.length > 0 && performance.now() < until) {
    await setTimeout(pause);
    missing = absent(missing);
  }
  if (missing.length === 0) return;
  const more = missing.length - named;
  throw cannot(
    "start",
    "",
    `${count(missing.length, "file")} to wait for ${missing.length === 1 ? "is" : "are"} missing`,
    {
      facts: [
        ["missing", [...missing.slice(0, named), ...(more > 0 ? [`and ${more} more`] : [])].join("\n")],
        ["folder", folder],
        ["waited", `${latencyWait} s`],
      ],
      hint: "Paths are relative to the working folder; --latency-wait says how long to wait.",
    },
  );
}
