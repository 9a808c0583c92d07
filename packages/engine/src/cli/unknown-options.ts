/** The error for an unknown option: suggests the nearest name, or the replacement of an option of Snakemake 7 to 9. */
import { closest } from "../closest.ts";
import type { OptionValue } from "../config/config.ts";
import type { ConfigLeaf } from "../config/leaves.ts";
import { cannot } from "../errors.ts";
import type { Command } from "../rules/settings.ts";
import { engineOptions } from "./option-table.ts";
import { ownNames } from "./parse.ts";

const alternatives: readonly (readonly [hint: string, names: string])[] = [
  ["Name the workflow file first: braid run workflow.ts.", "snakefile s"],
  ["Not needed: --configfile already replaces the workflow's own config files.", "replace-workflow-config"],
  ["Set it in the shell: the jobs see the environment of the run.", "envvars"],
  // What is made, and what counts as out of date.
  ["Use --touch to mark existing outputs as up to date.", "ignore-incomplete ii"],
  [
    "Use --touch to mark outputs as up to date, or -f to make them again.",
    "cleanup-metadata cm drop-metadata",
  ],
  ["The engine drops the outputs of a failed job and keeps its log.", "keep-incomplete"],
  ['Mark the input in its rule: ancient("reference.csv").', "consider-ancient"],
  ["Not needed: each file is checked once.", "trust-io-cache max-inventory-time"],
  ["Every plan checks all rules.", "strict-dag-evaluation"],
  ["Not needed: a plan of a hundred thousand jobs takes a second; name the targets that you want.", "batch"],
  [
    "Use targets, --until and --omit-from to choose what to make.",
    "allowed-rules target-jobs no-subworkflows nosw",
  ],
  [
    "Set the order of rules with ruleOrder of the workflow, or use madeBy() in an input.",
    "allow-ambiguity a",
  ],
  ["Use a list in the config to set the number of parts.", "set-scatter"],
  ["Mark outputs by temp() in their rules.", "all-temp"],
  ["Marks of files apply to every run, except that --notemp keeps temp() outputs.", "omit-flags"],
  ["Targets are paths from the working folder: --directory moves both.", "keep-target-files"],
  ["Write --notemp.", "no-temp"],
  ["Name the files: --wait-for-files $(cat FILE).", "wait-for-files-file"],
  ["Not available: workflows share nothing.", "cache"],
  // How and where jobs run.
  [
    "Jobs start as soon as they can; -P and the priority of rules set the order.",
    "scheduler scheduler-ilp-solver scheduler-solver-path scheduler-greediness greediness scheduler-subsample",
  ],
  ["Use --set-threads RULE=N.", "max-threads"],
  ["Use --max-jobs-per-timespan 10/1s.", "max-jobs-per-second"],
  [
    "The profile's `poll` and `status` set how often the queue is queried.",
    "max-status-checks-per-second seconds-between-status-checks queue-input-wait-time",
  ],
  [
    "Not needed: the engine packs jobs into tasks, and `batch` of a rule runs many jobs in one call.",
    "groups group-components local-groupid",
  ],
  ["--resources applies to the whole run.", "set-resource-scopes"],
  ["Use --executor slurm, with a profile.", "slurm"],
  [
    "Use --executor command, with a profile that names the commands to submit, query and cancel a task.",
    "cluster cluster-sync cluster-status cluster-cancel cluster-cancel-nargs cluster-sidecar drmaa drmaa-log-dir",
  ],
  ["Set what tasks request in the profile, for all rules or single ones.", "cluster-config u"],
  [
    "Use `setup` and `prefix` of a profile for commands before a task; the engine writes the task's script.",
    "jobscript js jobname jn precommand",
  ],
  ["Tasks are submitted when their inputs exist.", "immediate-submit is"],
  [
    "Use --executor local, slurm or command.",
    "flux kubernetes container-image k8s-cpu-scalar tibanna tibanna-sfn tibanna-config google-lifesciences google-lifesciences-regions google-lifesciences-location google-lifesciences-keep-cache tes preemption-default preemptible-rules preemptible-retries",
  ],
  [
    "Machines share the working folder; a profile's `scratch` has them write to their own disk first.",
    "no-shared-fs shared-fs-usage job-deploy-sources deploy-sources",
  ],
  [
    "Braid uses only files on disks of this machine; let rules download and upload other files.",
    "default-remote-provider default-remote-prefix keep-remote default-storage-provider default-storage-prefix local-storage-prefix remote-job-local-storage-prefix keep-storage-local-copies not-retrieve-storage wait-for-free-local-storage unneeded-temp-files",
  ],
  [
    "Name the environment or image in `env` of the rule; `prefix` starts commands in any other one.",
    "use-conda use-singularity use-apptainer use-envmodules software-deployment-method sdm deployment-method deployment conda-prefix conda-base-path conda-frontend conda-create-envs-only conda-cleanup-envs conda-cleanup-pkgs conda-not-block-search-path-envvars list-conda-envs singularity-prefix singularity-args apptainer-prefix apptainer-args container-cleanup-images containerize wrapper-prefix",
  ],
  [
    "Outputs are always made in staging and renamed; `scratch` of a profile sets where on other machines.",
    "shadow-prefix cleanup-shadow",
  ],
  ["Bodies already run in threads; commands and scripts run in processes.", "force-use-threads"],
  ["Leave the hooks out of the workflow, or let them check a key of the config.", "no-hooks"],
  // Output.
  ["Set the environment variable NO_COLOR=1.", "nocolor"],
  ["Not needed: a run ends with the failures and the paths of their logs.", "show-failed-logs"],
  [
    "Every run is measured: --summary has the cost of each output, --report all of them, --json every event.",
    "stats runtime-profile benchmark-extended",
  ],
  [
    "--json prints every event for your own program; the workflow's hooks run at the start and the end.",
    "log-handler-script log-service logger wms-monitor wms-monitor-arg",
  ],
  ["--rulegraph draws the rules, --dag the jobs, --list-rules the files of each rule.", "filegraph d3dag"],
  ["The command ui shows a run in a browser.", "gui"],
  ["Use --list-changes input.", "list-input-changes li"],
  ["Use --list-changes params.", "list-params-changes lp"],
  ["Use --list-changes code.", "list-code-changes"],
  ["Rules have no version: --list-changes code lists what changed.", "list-version-changes lv"],
  ["-n says why each job runs, and `why PATH` what a file is made from.", "debug-dag print-compilation"],
  [
    "The style of the report cannot be changed: --report FILE.",
    "report-stylesheet report-metadata reporter report-after-run",
  ],
  // Other tools.
  ["The TypeScript compiler checks a workflow.", "lint"],
  [
    "Edit the notebook in Jupyter, and name its file in `script` of the rule.",
    "draft-notebook edit-notebook e notebook-listen",
  ],
  [
    "Not available: a workflow is a folder, which you can archive like any other.",
    "archive export-cwl generate-unit-tests",
  ],
  ["Shell completion is not available.", "bash-completion"],
  [
    "Start it under a debugger: node --inspect node_modules/braid-engine/bin/braid.js, with localRule for the rule.",
    "debug",
  ],
  ["Change the command in the rule; -p shows the commands.", "overwrite-shellcmd"],
  [
    "Not needed: the records of runs are in one file, .braid/journal.",
    "persistence-backend persistence-backend-db-url",
  ],
  [
    "Snakemake uses it internally.",
    "mode attempt skip-script-cleanup target-files-omit-workdir-adjustment runtime-source-cache-path",
  ],
];

/** By name without dashes. */
export const snakemakeOptions: ReadonlyMap<string, string> = new Map(
  alternatives.flatMap(([hint, names]) => names.split(" ").map((name) => [name, hint] as const)),
);

/** Refuses each option that neither the command nor the config has. */
export function refuseUnknownOptions(
  command: Command,
  given: ReadonlyMap<string, OptionValue>,
  leaves: readonly ConfigLeaf[],
): void {
  const own = ownNames(command);
  const leafNames = new Set(leaves.map((leaf) => leaf.flag));
  for (const name of given.keys()) {
    if (own.has(name) || leafNames.has(name)) continue;
    if (engineOptions.some((option) => option.flag === name))
      throw cannot("read option", `--${name}`, `the command ${command} does not have it`);
    const negated = given.get(name) === false && snakemakeOptions.has(`no-${name}`);
    throw unknownOption(negated ? `no-${name}` : name, [...own, ...leafNames]);
  }
}

function unknownOption(name: string, names: readonly string[]): Error {
  const letter = engineOptions.some((option) => option.letter === name);
  const dashed = `${name.length === 1 && !letter ? "-" : "--"}${name}`;
  const instead = snakemakeOptions.get(name);
  const near = name.length === 1 ? undefined : closest(name, names);
  const meant = letter ? `-${name}` : near && `--${near}`;
  const hint = instead ?? (meant === undefined ? "--help lists all options." : `Did you mean "${meant}"?`);
  return cannot(
    "read option",
    dashed,
    instead === undefined ? "no option and no key of the config has this name" : "it is one of Snakemake's",
    { hint },
  );
}
