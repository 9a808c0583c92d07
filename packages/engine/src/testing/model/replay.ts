/**
 * Plays a case: edits, kills, runs, and after each run the checks. The engine is asked through engine.ts alone; what
 * it should have done, the model works out by itself.
 */

import type { Case, Question, Step } from "./cases.ts";
import {
  type After,
  checkContents,
  checkFolder,
  checkForecast,
  checkNothingNeedless,
  checkNothingStale,
  countsFor,
  Fault,
  fault,
  isRefusalRight,
} from "./checks.ts";
import { cleanOf } from "./clean.ts";
import { allowWriting, contentOf } from "./disk.ts";
import { acceptAll, playDuring, playKill } from "./disturbances.ts";
import { edit } from "./edits.ts";
import { type ModelJob, modelOf, type Workflow } from "./jobs.ts";
import { knownOf, type Memory } from "./memory.ts";
import { type Asked, askedOf, type Scope, scopeOf } from "./question.ts";
import { beforeOf, foresee, newScene, runOnce, type Scene } from "./scene.ts";
import { asText, inWords, rulesInWords } from "./text.ts";

/** Throws with what happened and the fault. */
export async function play(given: Case): Promise<void> {
  const scene = newScene(given);
  let last: Question | undefined;
  try {
    for (const step of given.steps) {
      const question =
        step.repeat && last !== undefined ? { ...last, force: step.question.force } : step.question;
      last = question;
      await playStep(scene, step, question);
    }
  } catch (error) {
    const told = scene.log.join("\n");
    // Jobs that nobody has named have no part in it, but for what growth may ask.
    const isPart = (line: string) => told.includes(line.split(" [")[0]!) || /^all |: first=/.test(line);
    const lines = rulesInWords(modelOf(given, scene.variant)).filter(isPart);
    lines.push("", told);
    const { message, stack } = error as Error;
    throw new Error(`${error instanceof Fault ? message : stack}\n\n${lines.join("\n")}`, { cause: error });
  }
}

async function playStep(scene: Scene, step: Step, question: Question): Promise<void> {
  const { given, variant, log, memory, disk } = scene;
  for (const one of step.edits) {
    const workflow = modelOf(given, variant);
    log.push(`- ${edit(one, workflow, scene)}`);
    if (one.kind === "--touch") acceptAll(scene, workflow);
  }
  const workflow = modelOf(given, variant);
  const asked = askedOf(question, workflow, cleanOf(workflow, disk, memory, scene.world, new Set(), null));
  log.push(`? ${inWords(asked)}`);
  if (step.killed) for (const kill of step.kills) await playKill(scene, workflow, asked, kill);
  const broken = question.broken === null ? null : question.broken % given.rules.length;
  const { during } = question;
  if (during !== null) {
    await playDuring(scene, workflow, asked, during);
    await playRun(scene, workflow, asked, null);
  } else await playRun(scene, workflow, asked, broken);
}
const isProtection = (text: string) => text.includes("protected");

async function playRun(
  scene: Scene,
  workflow: Workflow,
  asked: Asked,
  broken: number | null,
  tries = 0,
): Promise<void> {
  const { world, memory, disk, log } = scene;
  const before = beforeOf(scene, workflow);
  const said = foresee(scene, workflow, asked);
  log.push(`  ${asText(said).replaceAll("\n", "\n    ")}`);
  world.broken = broken;
  const { outcome, executions, made } = await runOnce(scene, workflow, asked);
  world.broken = null;
  const counted = asked.triggers === null ? null : new Set(asked.triggers);
  const clean = cleanOf(workflow, disk, memory, world, made, counted);
  const scope = scopeOf(asked, workflow, clean);
  const after: After = { asked, workflow, scope, clean, folder: scene, executions, made };

  const refused =
    "error" in outcome
      ? isProtection(outcome.error)
      : outcome.failed.some(({ error }) => isProtection(error));
  if (refused) {
    const earlier = cleanOf(workflow, disk, before.memory as Memory, world, new Set(), counted);
    const whole = { ...after, clean: earlier };
    if (!isRefusalRight(whole, before, before.memory as Memory, disk))
      fault("refused, though no protected output is out of date");
    if (tries > 4) fault("refused again and again");
    for (const job of workflow.jobs)
      for (const { path, mark } of job.outputs)
        if (mark === "protect") {
          allowWriting(disk, path);
          scene.writable.add(path);
        }
    log.push("- allow writing");
    return playRun(scene, workflow, asked, broken, tries + 1);
  }
  const cannotGrow = [...scope.all].some((job) => clean.places(job) === null);
  if ("error" in outcome) {
    if (!scope.impossible && !cannotGrow) fault(`unexpected error: ${outcome.error}`);
    return;
  }
  if (scope.impossible) {
    if (outcome.outcome === "done") fault("it should have been an error: something is missing");
    return;
  }
  if ("error" in said) fault(`the dry run is an error, the run is not: ${said.error}`);
  const { ran } = outcome;
  const twice = ran.find((name, i) => ran.indexOf(name) !== i);
  if (twice !== undefined) fault(`${twice} ran twice`);
  const bodies = new Set(workflow.jobs.filter(({ rule }) => rule.hasBody).map(({ name }) => name));
  const told = ran.filter((name) => bodies.has(name)).sort();
  if (
    told.join() !==
    executions
      .map(({ job }) => job.name)
      .sort()
      .join()
  )
    fault(`the engine says that it ran ${told}`);
  checkForecast(after, said, ran, outcome.outcome === "done");
  if (outcome.outcome !== "done") {
    checkFailures(after, outcome.failed, broken);
    return;
  }
  const failing = [...scope.kept].find((job) => clean.fails(job));
  if (failing !== undefined) fault(`${failing.name} should have failed`);
  checkContents(after);
  checkNothingStale(after);
  checkNothingNeedless(after, before, said.maybe);
  checkFolder(after);
  for (const job of scope.kept) {
    const known = knownOf(memory, job.id);
    known.killed = false;
    if (countsFor(asked, job)("mtime")) Object.assign(known, { unknown: false, mayBeUnknown: false });
  }
  await playAgain(scene, workflow, { ...asked, force: {} }, scope);
}

/** The same once more does nothing. */
async function playAgain(scene: Scene, workflow: Workflow, asked: Asked, scope: Scope): Promise<void> {
  // What was to be made again was a target too: without it, growth is asked for what goes by the name.
  if (scope.hasBeside && asked.until.length > 0) return;
  const always = [...scope.kept].some(({ rule, outputs }) => rule.hasBody && outputs.length === 0);
  const { memory, disk, world, log } = scene;
  const before = beforeOf(scene, workflow);
  log.push("again:");
  const said = foresee(scene, workflow, asked);
  log.push(`  ${asText(said).replaceAll("\n", "\n    ")}`);
  if (!always && !("error" in said) && said.stale.length + said.maybe.length > 0)
    fault(`right after a run, there is something to do: ${[...said.stale, ...said.maybe]}`);
  const { outcome, executions, made } = await runOnce(scene, workflow, asked);
  // A job without outputs runs again, and needs again what was removed.
  const errors = "error" in outcome ? [outcome.error] : outcome.failed.map(({ error }) => error);
  if (always && errors.some(isProtection)) return;
  if ("error" in outcome || outcome.outcome !== "done") fault(`right after a run, an error: ${errors}`);
  if (!always && outcome.ran.length > 0) fault(`right after a run, this ran: ${outcome.ran}`);
  const counted = asked.triggers === null ? null : new Set(asked.triggers);
  const clean = cleanOf(workflow, disk, memory, world, made, counted);
  const after: After = {
    asked,
    workflow,
    scope: scopeOf(asked, workflow, clean),
    clean,
    folder: scene,
    executions,
    made,
  };
  checkContents(after);
  checkNothingNeedless(after, before);
  checkFolder(after);
}

/** Only jobs that must fail have failed; with `-k`, all that needs none of them is made. */
function checkFailures(
  { asked, scope, clean, folder, workflow }: After,
  failed: readonly { readonly job: string; readonly error: string }[],
  broken: number | null,
): void {
  const mayFail = (job: ModelJob) => job.rule.number === broken || clean.mayFail(job);
  for (const { job: name, error } of failed) {
    const job = workflow.jobs.find((one) => one.name === name);
    if (job === undefined || !mayFail(job)) fault(`${name} failed: ${error}`);
  }
  if (failed.length === 0) fault("it failed without a failed job");
  if (!asked.keepGoing) return;
  for (const path of scope.files) {
    const job = clean.maker(path);
    if (job === null || [...clean.needs([job])].some(mayFail)) continue;
    // The job that would have asked for it was not asked.
    if (!scope.known.has(job)) continue;
    const stands = contentOf(folder.disk, path);
    if (stands !== clean.value(path))
      fault(`${path} needs nothing that failed: it is ${stands}, not ${clean.value(path)}`);
  }
}
