/** Lays out in `pack/` what the npm package holds: what was built, and the README. Called by `pnpm pack` and `pnpm publish`. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const target = join(here, "pack");

rmSync(target, { recursive: true, force: true });
cpSync(join(here, "dist"), join(target, "dist"), { recursive: true });
for (const file of ["README.md", "../../LICENSE"])
  cpSync(join(here, file), join(target, file.replace("../../", "")));

const { scripts, devDependencies, publishConfig, ...manifest } = JSON.parse(
  readFileSync(join(here, "package.json"), "utf8"),
);
const { exports } = publishConfig;
writeFileSync(join(target, "package.json"), `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`);
