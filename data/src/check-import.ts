/** The end of every import: which sites the config leaves out, the check of the folder, and what to do next. */
import { join } from "node:path";
import { checkFolder } from "./check/check-folder.ts";
import type { Finding } from "./check/finding.ts";
import { formatReport, hasErrors } from "./check/format-report.ts";
import { listed } from "./check/listed.ts";
import type { WrittenFolder } from "./folder/write-folder.ts";
import { compareConfig } from "./kept-config.ts";
import { runFolder } from "./tables/starter-config.ts";

/** What an import wrote, and what it did not. */
export interface ImportedFolder extends WrittenFolder {
  /** Sites of the files that are not in the folder. */
  readonly leftOut: readonly string[];
  /** Columns that are not used, by file; without it, none. */
  readonly unused?: ReadonlyMap<string, readonly string[]>;
}

/** Prints all three. Resolves with the exit code. */
export async function checkImport(
  out: string,
  { choices, days, keptConfig, leftOut, unused: ignored = new Map() }: ImportedFolder,
): Promise<number> {
  const unusable = choices.filter(({ why }) => why !== null);
  if (unusable.length > 0)
    console.log(
      `Left out of the new config:\n${unusable.map(({ site, why }) => `  ${site}: ${why}\n`).join("")}`,
    );
  const usable = choices.filter(({ why }) => why === null).map(({ site }) => site);
  const checked = await checkFolder(out, usable.length > 0 ? { sites: usable } : {});
  const report = {
    ...checked,
    findings: [...checked.findings, ...noSite(choices), ...unusedColumns(ignored)],
  };
  const without = [...leftOut, ...unusable.map(({ site }) => site)];
  console.log(formatReport(report, { leftOut: without }));
  if (days === null) {
    console.log("\nNo config was written, because there is no day on which all sites have drivers.");
    return 1;
  }
  const config = join(out, "config.yml");
  const { missing, unused } = keptConfig
    ? await compareConfig(config, { sites: usable, days })
    : { missing: [], unused: [] };
  if (keptConfig)
    console.log(
      [
        `\n${config} already exists and was not changed. Delete it before an import to get a new one.`,
        ...(missing.length === 0 ? [] : ["It names columns or sites that the new data do not have:"]),
        ...missing.map((line) => `  ${line}`),
        ...(unused.length === 0 ? [] : ["It does not use all of the new data; add what you want:"]),
        ...unused.map((line) => `  ${line}`),
      ].join("\n"),
    );
  if (hasErrors(report) || missing.length > 0) return 1;
  const run = `--configfile ${config} --directory ${runFolder(out)} --seeds 0..1`;
  console.log(
    [
      "",
      `Next: pnpm data check --configfile ${config}`,
      "      A first run with two seeds, and its report:",
      `      pnpm exp:a ${run}`,
      `      pnpm exp:a report ${run}`,
    ].join("\n"),
  );
  return 0;
}

/** An error if a model can learn from none of the sites. */
function noSite(choices: ImportedFolder["choices"]): Finding[] {
  if (choices.some(({ why }) => why === null)) return [];
  const text =
    "a model can learn from none of the sites: do observations and drivers cover the same days, and has the primary different values there?";
  return [{ level: "error", file: "obs_file.csv", site: null, text, example: null, count: 1 }];
}

/** A warning for each file with columns that the import did not use: one of them may be a driver. */
function unusedColumns(unused: ReadonlyMap<string, readonly string[]>): Finding[] {
  return [...unused].map(([file, columns]) => ({
    level: "warning",
    file,
    site: null,
    text: `not used: ${listed(columns)}. If the model needs ${columns.length === 1 ? "it" : "one of them"}, name it under \`columns\` of mapping.yml and import again`,
    example: null,
    count: 1,
  }));
}
