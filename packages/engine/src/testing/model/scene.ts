/** A working folder with its workflow while a case is played, and the two things that are asked of the engine there. */
import { memoryFiles } from "../../disk/memory-files.ts";
import type { Case } from "./cases.ts";
import { type Before, fault } from "./checks.ts";
import { killedFiles } from "./disk.ts";
import { type Folder, outputsOf } from "./edits.ts";
import {
  type EngineOptions,
  type Failed,
  type Forecast,
  forecast,
  forecastFromScratch,
  run,
} from "./engine.ts";
import { emptyFolder, firstVariant, sourceFiles, type Workflow } from "./jobs.ts";
import { knownOf, rememberMade } from "./memory.ts";
import type { Asked } from "./question.ts";
import { asText } from "./text.ts";
import { rulesOf, type World } from "./workflow.ts";

export interface Scene extends Folder {
  readonly given: Case;
  readonly world: World;
  readonly log: string[];
}

export function newScene(given: Case): Scene {
  const disk = memoryFiles(sourceFiles);
  disk.makeFolder(emptyFolder);
  for (const [folder, device] of Object.entries(given.mounts ?? {})) {
    disk.makeFolder(folder);
    disk.mounts.set(folder, device);
  }
  return {
    given,
    disk,
    memory: new Map(),
    variant: firstVariant(),
    writable: new Set(),
    incomplete: new Set(),
    log: [],
    world: {
      files: disk,
      broken: null,
      during: null,
      begun: [],
      executions: [],
      count: 0,
      last: new Map(),
      faults: [],
    },
  };
}

/** What stands and what is known now, to compare with later. */
export function beforeOf({ memory, disk }: Scene, workflow: Workflow): Before {
  return {
    memory: new Map([...memory].map(([id, known]) => [id, { ...known }])),
    outputs: outputsOf(disk, workflow),
  };
}

export function optionsOf(scene: Scene, workflow: Workflow, asked: Asked): EngineOptions {
  const { targets, until, omitFrom, force, triggers, keepGoing, keepTemporary } = asked;
  const { world } = scene;
  return {
    rules: rulesOf(workflow, world),
    files: world.files,
    targets,
    until,
    omitFrom,
    force,
    triggers,
    keepGoing,
    keepTemporary,
  };
}

/** What the dry run says, which must be the same with and without the saved plan, and change nothing. */
export function foresee(scene: Scene, workflow: Workflow, asked: Asked): Forecast | Failed {
  const { world, disk } = scene;
  const watched = killedFiles(disk, null);
  world.files = watched;
  const options = optionsOf(scene, workflow, asked);
  const [saved, anew] = [forecast(options), forecastFromScratch(options)];
  world.files = disk;
  if (watched.changes > 0) fault("the dry run changes the folder");
  const [one, other] = [saved, anew].map(asText);
  if (one !== other) fault(`the saved plan says\n${one}\nand planning anew\n${other}`);
  return saved;
}
/** Runs, lets the model remember what was made, and says what the engine said. */
export async function runOnce(scene: Scene, workflow: Workflow, asked: Asked) {
  const { world, memory, log, writable, incomplete } = scene;
  world.begun = [];
  world.executions = [];
  world.faults = [];
  const lastBefore = new Map(world.last);
  const outcome = await run(optionsOf(scene, workflow, asked));
  const { executions } = world;
  const failed = new Set("error" in outcome ? [] : outcome.failed.map(({ job }) => job));
  const kept = executions.filter(({ job }) => !failed.has(job.name));
  for (const one of kept) {
    rememberMade(memory, one, asked.keepTemporary);
    for (const { path } of one.job.outputs) {
      writable.delete(path);
      incomplete.delete(path);
    }
  }
  for (const { id, name } of workflow.jobs) {
    if (!failed.has(name)) continue;
    knownOf(memory, id).failed = true;
    // Its body may have come to its end, and its outputs were not kept.
    world.last.set(id, lastBefore.get(id) ?? 0);
  }
  const said =
    "error" in outcome
      ? `error: ${outcome.error}`
      : `${outcome.outcome}: ${outcome.ran.join(", ")}${outcome.failed.map(({ job, error }) => `; ${job} failed: ${error.split("\n")[0]}`).join("")}`;
  log.push(`  ${said.replaceAll("\n", "\n    ")}`);
  if (world.faults.length > 0) fault(world.faults.join("\n"));
  return { outcome, executions: kept, made: new Set(kept.map(({ job }) => job.id)) };
}
