/** The command `run`: makes what the targets need, or does one of the things that look at it or put it in order. */
import { realpathSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { breakLock } from "../../disk/lock.ts";
import type { RunEvent } from "../../events.ts";
import { terminal } from "../../report/terminal.ts";
import { shellWord } from "../../rules/shell-template.ts";
import { withAmounts } from "../../rules/workflow.ts";
import type { RunOptions } from "../../run/options.ts";
import type { Schedule } from "../../run/schedule.ts";
import type { PlanOptions } from "../../staleness/prepare.ts";
import type { Options } from "../options.ts";
import { print } from "../print.ts";
import type { Project } from "../project.ts";

/** Resolves with the exit code. */
export async function runCommand(project: Project, name: string, argv: readonly string[]): Promise<number> {
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
  if (options.dryRun) return (await import("./dry-run.ts")).dryRunCommand(planning, options);
  const source = { url: project.url, resolved };
  const elsewhere =
    options.executor === "local" ? {} : await (await import("./executor.ts")).executorOption(options, source);
  if (options.ui) await showLive(folder, workflowFolder, options);
  const decide = decider(project, resolved);
  const running = { ...planning, ...elsewhere, ...decide, source, slots: options.jobs, command, config };
  return make(running, project, name);
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

async function make(running: RunOptions, { options, shown }: Project, name: string): Promise<number> {
  const emit = options.json
    ? (event: RunEvent) => print(jsonLine(event))
    : terminal(process.stdout, {
        quiet: options.quiet,
        verbose: options.verbose,
        name,
        repeat: options.repeat,
        shown,
      });
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
      tellJobs: options.verbose,
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
    else if (over) process.stderr.write("A hook is still at work. Once more ends it.\n");
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

/** An event as a line of JSON, for programs that follow a run. */
function jsonLine(event: RunEvent): string {
  const plain =
    event.kind === "planned" || event.kind === "grown"
      ? { ...event, rules: Object.fromEntries(event.rules) }
      : event;
  return JSON.stringify({ at: Date.now(), ...plain });
}
