/**
 * Runs one case by both engines, each in a folder of its own, with the same edits between the runs, and says
 * where the sets of jobs that run differ.
 *
 * Two differences are meant, and kept out of the cases. This engine compares inputs with what the output was made
 * from, Snakemake with the output's time: an output that a person touches after an input of it counts as up to
 * date there; so edits go from the last rule to the sources. And an output that a person changed is made again
 * here, while Snakemake keeps it: so no case changes one. No content repeats: early cut-off has nothing to cut.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runBraid } from "./braid.ts";
import { type Case, combinations, type Edit, filled, type Settings } from "./case.ts";
import type { Snakemake } from "./snakemake.ts";

export interface Difference {
  /** Which run differs, 0 is the first one. */
  readonly round: number;
  /** What was done before it. */
  readonly edits: readonly string[];
  readonly onlyBraid: readonly string[];
  readonly onlySnakemake: readonly string[];
}

/** Null where both engines run the same jobs, round by round. */
export async function compare(drawn: Case, snakemake: Snakemake): Promise<Difference | null> {
  const root = mkdtempSync(join(tmpdir(), "braid-differential-"));
  const folders = ["braid", "snakemake"].map((name) => join(root, name));
  const [ours, theirs] = folders as [string, string];
  let settings = drawn.settings;
  let count = 0;
  const content = () => `text ${++count}`;
  const write = (path: string, text: string) => {
    for (const folder of folders) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };

  /** Does an edit in both folders; says what it was. */
  async function apply(edit: PlacedEdit): Promise<string> {
    // Times of files are as coarse as the kernel's tick: what comes later must be seen to be later.
    await sleep(12);
    if (edit.kind === "param") {
      settings = {
        ...settings,
        params: { ...settings.params, [edit.rule]: settings.params[edit.rule]! + 1 },
      };
      return `param of ${edit.rule}`;
    }
    if ("wildcard" in edit) {
      const { wildcard } = edit;
      const now = settings.values[wildcard];
      if (edit.kind === "shrink" && now.length === 1) return `nothing: ${wildcard} has one value`;
      const next = edit.kind === "shrink" ? now.slice(1) : [...now, `${wildcard}new${++count}`];
      settings = { ...settings, values: { ...settings.values, [wildcard]: next } };
      for (const path of sourcesOf(settings)) if (!stands(join(ours, path))) write(path, content());
      return `${wildcard} is ${next.join(" ")}`;
    }
    const { path } = edit;
    if (path === undefined || !folders.every((folder) => stands(join(folder, path))))
      return "nothing: no such file";
    if (edit.kind === "change") write(path, content());
    for (const folder of folders) {
      const now = new Date();
      if (edit.kind === "touch") utimesSync(join(folder, path), now, now);
      if (edit.kind === "delete") rmSync(join(folder, path));
    }
    return `${edit.kind} ${path}`;
  }

  try {
    for (const path of sourcesOf(settings)) write(path, content());
    for (let round = 0; round <= drawn.rounds.length; round++) {
      const edits: string[] = [];
      for (const edit of placed(drawn.rounds[round - 1] ?? [], drawn, settings))
        edits.push(await apply(edit));
      await sleep(12);
      const braid = await runBraid(drawn, settings, ours, content);
      const other = await snakemake.run(drawn, settings, theirs);
      const onlyBraid = braid.filter((job) => !other.includes(job));
      const onlySnakemake = other.filter((job) => !braid.includes(job));
      const twice = braid.length !== new Set(braid).size;
      if (onlyBraid.length > 0 || onlySnakemake.length > 0 || twice)
        return { round, edits, onlyBraid: twice ? braid : onlyBraid, onlySnakemake };
    }
    return null;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** An edit whose file is chosen. */
type PlacedEdit = Edit & { readonly path?: string | undefined };

/** The edits of a round with their files: those of the last rule's outputs first, those of sources last. */
function placed(edits: readonly Edit[], drawn: Case, settings: Settings): PlacedEdit[] {
  const sources = sourcesOf(settings);
  const all = [...sources, ...outputsOf(drawn, settings)];
  const chosen = edits.map((edit): PlacedEdit => {
    if (!("what" in edit)) return edit;
    const paths = edit.what === "source" ? sources : all.slice(sources.length);
    return { ...edit, path: paths[Math.floor(edit.draw * paths.length)] };
  });
  const place = ({ path }: PlacedEdit) => (path === undefined ? -1 : all.indexOf(path));
  return chosen.sort((one, other) => place(other) - place(one));
}

function stands(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function sourcesOf(settings: Settings): string[] {
  return ["src/common.txt", ...settings.values.a.map((a) => `src/${a}.txt`)];
}

function outputsOf({ rules }: Case, settings: Settings): string[] {
  return rules.flatMap(({ outputs, over }) =>
    outputs.flatMap((pattern) => combinations(over, settings).map((values) => filled(pattern, values))),
  );
}
