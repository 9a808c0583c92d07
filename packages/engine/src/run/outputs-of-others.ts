/**
 * The outputs of other jobs in an output folder: they stay when the folder is made again or removed. A plan has no jobs
 * whose outputs lie in each other, but two plans of the same workflow may have them.
 */
import type { FileSystem } from "../disk/files.ts";
import { contentId, type Fingerprint, innerFolder } from "../disk/fingerprint.ts";
import type { Trace } from "../journal/journal.ts";
import { foldersAbove } from "../patterns/pattern.ts";
import { nestingOf } from "../plan/nesting.ts";
import type { NamedRule } from "../rules/ruleset.ts";
import type { Prepared } from "../staleness/prepare.ts";
import { fingerprintIn } from "../staleness/records.ts";

/** Files and folders in a folder, by their paths inside it. */
export type PathsInside = ReadonlySet<string>;

/** Whether a path is one of some paths, or lies in one. */
export function isIn(path: string, some: PathsInside): boolean {
  return some.size > 0 && (some.has(path) || [...foldersAbove(path)].some((folder) => some.has(folder)));
}

/** The files and folders in an output folder that the records name as outputs of other jobs. */
export function outputsOfOthers(prepared: Prepared, file: number): PathsInside {
  const { plan, files } = prepared;
  const own = plan.ruleOf(plan.maker(file)).outputs[plan.place(file)]!;
  const inside = own.marks.directory === true ? nestingOf(prepared.rules).rulesInside(own) : [];
  const found = new Set<string>();
  if (inside.length === 0) return found;
  const isOther = otherCheck(prepared, file, inside);
  for (const name of addedFiles(files, plan.path(file), undefined)) {
    const outermost = [...[...foldersAbove(name)].reverse(), name].find(isOther);
    if (outermost !== undefined) found.add(outermost);
  }
  return found;
}

/** Returns a check of a path in an output folder: true for an output of another job. */
function otherCheck(prepared: Prepared, file: number, inside: readonly NamedRule[]) {
  const { plan, history, fileStates } = prepared;
  const job = plan.maker(file);
  const folder = plan.path(file);
  const own = fileStates.trace(job);
  const isOwn = ownPartCheck(own, fileStates.recorded(file));
  const known = new Map<string, boolean>();
  const check = (name: string): boolean => {
    const path = `${folder}/${name}`;
    const trace = history.traces.get(path) ?? history.traces.ofOther(path);
    if (trace === undefined || trace.path === plan.key(job) || trace.path === own?.path) return false;
    const rule = inside.find((one) => one.name === trace.rule);
    const place = rule?.outputs.findIndex(({ match }) => match(path) !== null) ?? -1;
    return place >= 0 && !isOwn(name, trace, fingerprintIn(trace, path, place));
  };
  return (name: string): boolean => {
    let is = known.get(name);
    if (is === undefined) {
      is = check(name);
      known.set(name, is);
    }
    return is;
  };
}

/**
 * Returns a check: whether the job of the folder has replaced the output of another job by a file of the same name. The
 * folder's record then is the newer one, with another content. `folder` is that record.
 */
function ownPartCheck(own: Trace | undefined, folder: Fingerprint | undefined) {
  const parts = new Map(folder?.parts?.map((part) => [part.name, part]));
  return (name: string, other: Trace, made: Fingerprint | undefined): boolean => {
    const part =
      parts.get(name) ?? (folder && made?.parts !== undefined ? innerFolder(folder, name) : undefined);
    if (own === undefined || part === undefined || own.end < other.end) return false;
    return made === undefined || contentId(part) !== contentId(made);
  };
}

/** Of the outputs of other jobs in an old output folder, those that the new one, which is at `staged`, has room for. */
export function outputsThatStay(prepared: Prepared, file: number, staged: string): PathsInside {
  const { files } = prepared;
  const hasRoom = (name: string) =>
    files.linkStat(`${staged}/${name}`) === null &&
    [...foldersAbove(name)].every((above) => files.linkStat(`${staged}/${above}`)?.directory !== false);
  return new Set([...outputsOfOthers(prepared, file)].filter(hasRoom));
}

/** Whether a folder without a record has no other files than some. */
export function hasOnly({ files, plan, fileStates }: Prepared, folder: string, some: PathsInside): boolean {
  if (some.size === 0 || fileStates.recorded(plan.find(folder)) !== undefined) return false;
  return addedFiles(files, folder, undefined).every((name) => isIn(name, some));
}

/** Removes a file or folder, but not what stays in it. */
export function removeBeside(files: FileSystem, path: string, staying: PathsInside): void {
  const above = new Set([...staying].flatMap((name) => [...foldersAbove(name)]));
  const removeIn = (folder: string, within: string) => {
    for (const one of files.list(folder) ?? []) {
      const name = `${within}${one}`;
      if (staying.has(name)) continue;
      if (above.has(name)) removeIn(`${folder}/${one}`, `${name}/`);
      else files.remove(`${folder}/${one}`);
    }
  };
  if (staying.size === 0) files.remove(path);
  else removeIn(path, "");
}

/**
 * The files in a folder that are not among the parts of `made`, its record, by their paths inside it; without a record,
 * all of them. Links do not count: removing one loses nothing.
 */
export function addedFiles(files: FileSystem, folder: string, made: Fingerprint | undefined): string[] {
  const parts = new Set(made?.parts?.map(({ name }) => name));
  const inside = (within: string): string[] =>
    (files.list(`${folder}${within}`) ?? []).flatMap((one) => {
      const path = `${within}/${one}`;
      if (parts.has(path.slice(1))) return [];
      const stat = files.linkStat(`${folder}${path}`);
      if (stat === null || stat.link) return [];
      return stat.directory ? inside(path) : [path.slice(1)];
    });
  return files.linkStat(folder)?.directory ? inside("") : [];
}
