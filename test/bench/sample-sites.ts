/** The first stations of the synthetic sample, 01022500 in front. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleFolder } from "@braid/data";

export function sampleSites(count: number): string[] {
  const lines = readFileSync(join(sampleFolder, "sites.csv"), "utf8").trimEnd().split("\n").slice(1);
  const ids = lines.map((line) => line.split(",")[0]!).filter((id) => id !== "01022500");
  return ["01022500", ...ids].slice(0, count);
}
