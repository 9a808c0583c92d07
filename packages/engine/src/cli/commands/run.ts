/** The command `run`: makes what the targets need, or does one of the things that look at it or put it in order. */
import { realpathSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { breakLock } from "../../disk/lock.ts";
import type { RunEvent } from "../../events.ts";
import { canRedraw, painterFor } from "../../report/lines.ts";
import { shellWord } from "../../rules/shell-template.ts";
import { withAmounts } from "../../rules/workflow.ts";
import type { RunOptions } from "../../run/options.ts";
import type { Schedule } from "../../run/schedule.ts";
import type { PlanOptions } from "../../staleness/plan-options.ts";
import type { Options } from "../options.ts";
import { print } from "../print.ts";
import type { Project } from "../project.ts";
import type { Tell } from "../watch.ts";

/** Resolves with the exit code. */
export async function runCommand(
  project: Project,
  name: string,
  argv: readonly string[],
  tell?: Tell,
): Promise<number> {
  const { options, folder } = project;
  if (options.action.kind === "unlock") {
    const removed = options.dryRun ? "The lock would be removed." : "The lock is removed.";
    return say(breakLock(folder, options.dryRun) ? removed : "There is no lock.");
  }
  const { waitForFiles: files, latencyWait } = options;
  if (files.length > 0) {
    const { waitForFiles } = await import("./wait-for-files.ts");
    await waitForFiles({ files, folder, latencyWait, say: (text) => process.stderr.write(`${text}\n`) });
  }
  const workflowFolder = dirname(fileURLToPath(project.url));
  const { config, rules, resolved } = await project.open();
  const planning: PlanOptions = {
    rules: withAmounts(rules, options.amounts),
    settings: project.workflow.settings,
    targets: options.words,
    folder,
    workflow: relative(realpathSync(folder), realpathSync(fileURLToPath(project.url))),
    force: { all: options.forceAll, targets: options.forceTargets, these: options.forceRules },
    select: { until: options.until, omitFrom: options.omitFrom },
    prioritize: options.prioritize,
    keepGoing: options.keepGoing,
    triggers: options.triggers,
    ...(options.hashLimit === undefined ? {} : { hashLimit: options.hashLimit }),
  };
  if (tell !== undefined) (await import("../watched-files.ts")).tellFiles(project, { config, rules }, tell);
  const command = [name, ...argv.map(shellWord)].join(" ");
  // Each is loaded when it is asked for: a run with nothing to do needs none of them.
  if (options.action.kind === "report") {
    const { reportCommand } = await import("./pages.ts");
    return say(await reportCommand(project, options.action.file, planning, config));
  }
  if (options.action.kind !== "make") {
    const { doAction } = await import("./other-actions.ts");
    return doAction(options.action, planning, options, command, workflowFolder);
  }
  const source = { url: project.url, resolved };
  const act = async (onPlan?: RunOptions["onPlan"]) => {
    if (options.dryRun) return (await import("./dry-run.ts")).dryRunCommand(planning, options, onPlan);
    const elsewhere =
      options.executor === "local"
        ? {}
        : await (await import("./executor.ts")).executorOption(options, source);
    if (options.ui) await showLive(folder, workflowFolder, options);
    const running = { ...planning, ...elsewhere, ...decider(project, resolved), source, command, config };
    const watched = onPlan === undefined ? {} : { onPlan };
    return make({ ...running, ...watched, slots: options.jobs }, project, name);
  };
  return tell === undefined ? act() : (await import("../watched-files.ts")).withSources(planning, tell, act);
}

/** The workflow's own decision, with the rules that follow from it. */
function decider({ workflow, options }: Project, resolved: unknown): Pick<RunOptions, "decide"> {
  if (workflow.decide === undefined) return {};
  return {
    async decide(ahead) {
      const decision = await workflow.decide!(resolved, ahead);
      return (
        decision && { ...decision, rules: withAmounts(workflow.rules(decision.resolved), options.amounts) }
      );
    },
  };
}

async function make(running: RunOptions, project: Project, name: string): Promise<number> {
  const { options } = project;
  const emit = options.json
    ? (event: RunEvent) => print(jsonLine(event))
    : await reporter(process.stdout, project, name);
  // What only a run needs is most of the engine: looks do without it.
  const { run } = await import("../../run/run.ts");
  let release = () => {};
  try {
    const { outcome } = await run({
      ...running,
      limits: options.resources,
      ...(options.localCores === undefined ? {} : { localCores: options.localCores }),
      withoutLock: options.withoutLock,
      keepTemporary: options.keepTemp,
      latencyWait: options.latencyWait,
      retries: options.retries,
      printCommands: options.printCommands,
      // The terminal shows which jobs run.
      tellJobs:
        options.verbose || (!options.json && !options.quiet && canRedraw(process.stdout, process.env)),
      emit,
      onStart: (schedule) => {
        release = onSignals(schedule, running.executor !== undefined);
      },
    });
    return outcome === "done" ? 0 : outcome === "failed" ? 1 : 130;
  } finally {
    release();
  }
}

/** Says what happens in a run, as the output allows it. */
async function reporter(
  output: NodeJS.WriteStream,
  { options: { quiet, verbose, repeat }, shown }: Project,
  name: string,
): Promise<(event: RunEvent) => void> {
  const { terminal } = await import("../../report/terminal.ts");
  const paint = painterFor(output, process.env);
  const said = { quiet, verbose, name, repeat, shown, paint };
  if (!canRedraw(output, process.env)) return terminal(output, said);
  const { liveScreen } = await import("../../report/live.ts");
  return terminal(output, { ...said, screen: liveScreen(output, paint) });
}

/** With `--json`, only events go to standard output. */
async function showLive(folder: string, workflowFolder: string, { json }: Options): Promise<void> {
  const { importPages } = await import("./pages.ts");
  const { startLiveView } = await importPages("live-view", workflowFolder, "--ui");
  const text = `Live view: ${await startLiveView(folder)}`;
  if (json) process.stderr.write(`${text}\n`);
  else print(text);
}

/**
 * Ctrl-C once: running jobs end; twice, or SIGTERM: they are cancelled, and hooks end too. A terminal that closes leaves jobs on
 * other machines running: the same command takes them over. Returns what stops listening.
 */
function onSignals(schedule: Schedule, elsewhere: boolean): () => void {
  let interrupts = 0;
  let over = false;
  const ended = () => {
    over = true;
  };
  schedule.finished.then(ended, ended);
  // Nobody can end a hook from outside.
  const terminated = () => (over ? process.exit(130) : schedule.cancel());
  const interrupted = () => {
    if (interrupts++ > 0) terminated();
    else if (over) process.stderr.write("A hook is still running. Press Ctrl-C again to end it.\n");
    else schedule.stop();
  };
  const hungUp = elsewhere ? () => process.exit(129) : terminated;
  process.on("SIGINT", interrupted).on("SIGTERM", terminated).on("SIGHUP", hungUp);
  return () => void process.off("SIGINT", interrupted).off("SIGTERM", terminated).off("SIGHUP", hungUp);
}

function say(text: string): number {
  print(text);
  return 0;
}

/** An event as a line of JSON, for programs that follow a run. JSON has no maps: they become records. */
function jsonLine(event: RunEvent): string {
  const plain = (_key: string, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value);
  return JSON.stringify({ at: Date.now(), ...event }, plain);
}
