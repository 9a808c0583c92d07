/** What can go wrong around a run: its process is killed, somebody edits a source meanwhile, `--touch` is given. */

import type { Question } from "./cases.ts";
import { grownBy } from "./checks.ts";
import { cleanOf } from "./clean.ts";
import { contentAt } from "./contents.ts";
import { contentOf, killedFiles } from "./disk.ts";
import { accept } from "./engine.ts";
import type { ModelJob, Workflow } from "./jobs.ts";
import { knownOf } from "./memory.ts";
import { placesOf } from "./places.ts";
import type { Asked } from "./question.ts";
import { foresee, optionsOf, runOnce, type Scene } from "./scene.ts";
import { keyOf } from "./workflow.ts";

/** A run whose process is killed; what it made may or may not be recorded. */
export async function playKill(
  scene: Scene,
  workflow: Workflow,
  asked: Asked,
  kill: { readonly at: number; readonly torn: number },
): Promise<void> {
  const { world, memory, disk, log } = scene;
  const said = foresee(scene, workflow, asked);
  const before = new Map([...memory].map(([id, known]) => [id, { ...known }]));
  const files = killedFiles(disk, kill);
  world.files = files;
  log.push(`killed at change ${kill.at}, ${kill.torn / 10} % of it done:`);
  let result: Awaited<ReturnType<typeof runOnce>> | undefined;
  try {
    result = await runOnce(scene, workflow, asked);
  } catch (error) {
    if (!files.dead) throw error;
  }
  world.files = disk;
  if (!files.dead) return;
  const clean = cleanOf(workflow, disk, memory, world, new Set(), null);
  const begun = new Set(world.begun);
  if (!("error" in said)) {
    for (const name of [...said.stale, ...said.maybe]) begun.add(name);
    const asking = workflow.jobs.filter((job) => job.rule.asks !== null && begun.has(job.name));
    for (const name of grownBy(asking, workflow, clean)) begun.add(name);
  }
  const executed = new Map((result?.executions ?? world.executions).map((one) => [one.job.id, one]));
  for (const job of workflow.jobs) {
    const known = before.get(job.id);
    const execution = executed.get(job.id);
    memory.delete(job.id);
    const now = Object.assign(knownOf(memory, job.id), known);
    if (execution !== undefined) {
      now.made = [...now.made, execution];
      now.keptTemporary ||= asked.keepTemporary;
      if (now.unknown) Object.assign(now, { unknown: false, mayBeUnknown: true });
    }
    if (begun.has(job.name)) now.killed = true;
  }
}

/** A run in which somebody edits a source while the first job of a rule reads it. */
export async function playDuring(
  scene: Scene,
  workflow: Workflow,
  asked: Asked,
  during: NonNullable<Question["during"]>,
): Promise<void> {
  const { world, disk, memory, log, given } = scene;
  let edited: { path: string; text: string; job: ModelJob } | undefined;
  world.during = (job, when) => {
    if (edited !== undefined || job.rule.number !== during.rule % given.rules.length) return;
    if (when !== (during.early ? "before" : "after")) return;
    const places = placesOf(job, workflow.variant, (path) => contentOf(disk, path)) ?? [];
    const place = places.find(({ path, ancient }) => /^s\d$/.test(path) && !ancient);
    if (place === undefined) return;
    edited = { path: place.path, text: disk.text(place.path), job };
    disk.write(place.path, `${["d", "dd", edited.text][during.text]}`);
  };
  const { executions } = await runOnce(scene, workflow, asked);
  world.during = null;
  if (edited === undefined) return;
  const { path, text, job } = edited;
  log.push(`- meanwhile ${path} was edited, while ${job.name} read it`);
  for (const one of executions) {
    if (!one.places.some((place) => place.path === path)) continue;
    // With the same text as before, nobody need see that it was written.
    const isUnknown = one.job === job && during.text !== 2;
    Object.assign(knownOf(memory, one.job.id), isUnknown ? { unknown: true } : { mayBeUnknown: true });
  }
  if (!during.revert) return;
  disk.write(path, text);
  log.push(`- ${path} is again what it was`);
}

/** `--touch`: what stands may now be taken as made from what stands. */
export function acceptAll(scene: Scene, workflow: Workflow): void {
  const { world, disk, memory, log } = scene;
  const asked: Asked = {
    targets: [],
    until: [],
    omitFrom: [],
    force: {},
    triggers: null,
    keepGoing: false,
    keepTemporary: false,
  };
  const recorded = (path: string): string | null => {
    const stands = contentOf(disk, path);
    const maker = workflow.makers.get(path);
    const made = maker && knownOf(memory, maker.id).made.at(-1)?.outputs;
    return stands ?? (made && contentAt(made, path)) ?? null;
  };
  try {
    accept(optionsOf(scene, workflow, asked));
  } catch (error) {
    log.push(`  error: ${(error as Error).message}`);
  }
  for (const job of workflow.jobs) {
    const standing = new Map(job.outputs.map(({ path }) => [path, recorded(path)]));
    const places = placesOf(job, workflow.variant, recorded);
    const contents = places?.map(({ path }) => recorded(path));
    if (places === null || contents!.includes(null) || [...standing.values()].includes(null)) continue;
    const { number, reads } = job.rule;
    const first = places.findIndex(({ label, ancient }) => label !== "first" && !ancient);
    const { params: values, codes } = workflow.variant;
    const params = {
      value: values[number] ?? 0,
      ...(reads ? { read: first < 0 ? "" : contents![first] } : {}),
    };
    const key = keyOf(job, places, contents as string[], params, codes[number] ?? 0, workflow, world);
    const known = knownOf(memory, job.id);
    known.made = [...known.made, { key, outputs: standing as Map<string, string> }];
    known.accepted = true;
    if (known.unknown) Object.assign(known, { unknown: false, mayBeUnknown: true });
  }
}
