/** Made-up data are called so wherever they show; beside results whose data stayed elsewhere, `about.txt` tells. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const syntheticNote =
  "SYNTHETIC data, made by a program: the stations do not exist, and their scores say nothing about rivers.";

/** True if the results in the folder of an experiment say of themselves that their data are made up. */
export function saysSynthetic(experiment: string): boolean {
  const about = join(experiment, "about.txt");
  return existsSync(about) && readFileSync(about, "utf8").includes(syntheticNote);
}
