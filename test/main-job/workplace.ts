/** Where the commands of the documents about the experiment are run: a folder with data as they describe it. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder, root } from "../support/command.ts";

/** A folder in which `pnpm SCRIPT` is this project's, with a data folder as the documents describe one. */
export function workplace() {
  const folder = emptyFolder();
  const bin = join(emptyFolder(), "bin");
  mkdirSync(bin);
  const scripts = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts as Record<
    string,
    string
  >;
  const cases = Object.entries(scripts)
    .filter(([name]) => name.startsWith("exp:"))
    .map(
      ([name, command]) =>
        `${name}) exec "${process.execPath}" "${root}scripts/start.mjs" ${command.split(" ").slice(2).join(" ")} "$@";;`,
    );
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script("pnpm", `name=$1; shift\ncase $name in\n${cases.join("\n")}\nesac\nexit 9`);
  script("npx", `test "$1 $2" = "-y pnpm@12" || exit 9; shift 2; exec pnpm "$@"`);
  writeRivers(join(folder, "my-rivers"));
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" };
  return {
    folder,
    env,
    run: (command: string) =>
      spawnSync("bash", ["-c", `${command} 2>&1`], { cwd: folder, env, encoding: "utf8" }),
  };
}

/** Two years of two synthetic rivers. */
function writeRivers(folder: string): void {
  mkdirSync(folder);
  let observations = "site_id,date,discharge_cms,temp_c,nitrate_mg_l\n";
  let drivers = "site_id,date,prcp_mm,tmax_c,srad_wm2\n";
  for (const [s, site] of ["01022500", "14185000"].entries())
    for (let day = 0; day < 730; day++) {
      const date = new Date(Date.UTC(2000, 9, 1 + day)).toISOString().slice(0, 10);
      const rain = (day * (7 + s)) % 11;
      const warmth = 12 - 10 * Math.cos((2 * Math.PI * (day - 105)) / 365.25);
      observations += `${site},${date},${5 + rain},${warmth.toFixed(2)},${(day % 5) + s}\n`;
      drivers += `${site},${date},${rain},${(warmth + 2).toFixed(2)},${(200 + 10 * warmth).toFixed(0)}\n`;
    }
  writeFileSync(join(folder, "obs_file.csv"), observations);
  writeFileSync(join(folder, "input_file.csv"), drivers);
  writeFileSync(join(folder, "sites.csv"), "site_id\n01022500\n14185000\n");
}
