/**
 * The command line of a workflow, from its arguments to the exit code: 0 done, 1 jobs failed, 2 wrong
 * workflow or arguments, 130 interrupted.
 */
import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readConfigFile } from "./config/file.ts";
import { configLeaves, loadConfig } from "./config.ts";
import { BraidError, cannot, messageOf } from "./errors.ts";
import type { Summary } from "./events.ts";
import { breakLock } from "./lock.ts";
import { cleanArguments, earlyOptions, helpText, readOptions } from "./options.ts";
import { dryRunText } from "./report/dry-run.ts";
import { jsonLine } from "./report/json.ts";
import { terminal } from "./report/terminal.ts";
import type { PlanOptions } from "./prepare.ts";
import { dryRun, run } from "./run.ts";
import type { Schedule } from "./scheduler.ts";
import { importWorkflow, type Workflow } from "./workflow.ts";

export interface MainOptions {
  /** The workflow file. */
  readonly workflow: URL;
  /** Its config, unless `--configfile` names another. */
  readonly defaultConfig?: URL;
  /** What the user types to get here: `pnpm exp:a`. */
  readonly name: string;
  readonly argv: readonly string[];
}

/** Runs a workflow from its command line; resolves with the exit code. */
export async function main(options: MainOptions): Promise<number> {
  try {
    return await runCommand(options);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return error instanceof BraidError ? 2 : 1;
  }
}

async function runCommand({ workflow: file, defaultConfig, name, argv }: MainOptions): Promise<number> {
  const currentFolder = process.cwd();
  const early = earlyOptions(argv);
  const workflow = await importWorkflow(file.href);
  const configFile = early.configFile ?? (defaultConfig === undefined ? null : fileURLToPath(defaultConfig));
  const schema = workflow.config ?? z.strictObject({});
  const written =
    configFile === null ? {} : readConfigFile(resolve(currentFolder, configFile), configFile).value;
  const leaves = configLeaves(schema, written, workflow.scope?.(written));
  const options = readOptions(argv, name, leaves);
  if (options.help) {
    process.stdout.write(`${await helpText(name, leaves)}\n`);
    return 0;
  }
  const folder = resolve(currentFolder, early.directory ?? ".");
  if (options.unlock) {
    process.stdout.write(breakLock(folder) ? "The lock is removed.\n" : "There is no lock.\n");
    return 0;
  }
  if (!existsSync(folder)) {
    if (options.dryRun)
      throw cannot("work in", folder, "the folder does not exist", { hint: "Without -n it is made." });
    mkdirSync(folder, { recursive: true });
  }
  const { config } = loadConfig({
    schema,
    file: configFile,
    overrides: options.config,
    currentFolder,
    workingFolder: folder,
    ...(workflow.scope === undefined ? {} : { scope: workflow.scope }),
  });
  process.chdir(folder);
  const resolved = await workflow.resolve(config);
  const planning: PlanOptions = {
    rules: workflow.rules(resolved),
    targets: options.targets,
    folder,
    force: { all: options.forceAll, targets: options.forceTargets, these: options.forceRules },
  };
  if (options.dryRun) {
    process.stdout.write(`${dryRunText(dryRun(planning), options)}\n`);
    return 0;
  }
  const emit = options.json
    ? (event: Parameters<typeof jsonLine>[0]) => void process.stdout.write(`${jsonLine(event)}\n`)
    : terminal(process.stdout, { quiet: options.quiet, name });
  let release = () => {};
  try {
    const summary = await run({
      ...planning,
      source: { url: file.href, resolved },
      slots: options.jobs,
      limits: options.resources,
      keepGoing: options.keepGoing,
      retries: options.retries,
      command: [name, ...cleanArguments(argv)].join(" "),
      emit,
      onStart: (schedule) => {
        release = onSignals(schedule);
      },
    });
    return exitCode(summary);
  } finally {
    release();
  }
}

/** Ctrl-C once: running jobs end; twice, or SIGTERM: they are cancelled. Returns what stops listening. */
function onSignals(schedule: Schedule): () => void {
  let interrupts = 0;
  const interrupted = () => {
    if (interrupts++ === 0) schedule.stop();
    else schedule.cancel();
  };
  const terminated = () => schedule.cancel();
  process.on("SIGINT", interrupted).on("SIGTERM", terminated).on("SIGHUP", terminated);
  return () => void process.off("SIGINT", interrupted).off("SIGTERM", terminated).off("SIGHUP", terminated);
}

function exitCode({ outcome }: Summary): number {
  return outcome === "done" ? 0 : outcome === "failed" ? 1 : 130;
}
