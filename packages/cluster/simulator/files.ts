/**
 * The shared file system of a simulated cluster: every call takes its time and is counted. Outputs are not
 * kept; what a job has made in staging is simply there. The journal is a real file, for its real cost.
 */
import { type FileSystem, realFiles } from "braid-engine/executor";
import type { SimulatedCluster } from "./cluster.ts";
import type { Timeline } from "./time.ts";

export interface CountedFiles extends FileSystem {
  readonly calls: () => number;
  /** Takes away the text that was written to a path, as the runner that reads it. */
  take(path: string): string;
}

export function simulatedFiles(
  real: string,
  time: Timeline,
  latency: number,
  cluster: () => SimulatedCluster,
): CountedFiles {
  const journal = realFiles(real);
  const kept = new Map<string, string>();
  let calls = 0;
  const charged = <T>(value: T): T => {
    calls++;
    time.spend(latency);
    return value;
  };
  const isReal = (path: string) => /^\.braid(\/journal[^/]*)?$/.test(path);
  const taskOf = (path: string) => /^\.braid\/tasks\/(.*)\.ends$/.exec(path)?.[1];
  const encoder = new TextEncoder();
  const absent = (path: string) => Object.assign(new Error(`ENOENT: ${path}`), { code: "ENOENT" });
  const there = { size: 1, mtime: 1, directory: false };

  return {
    calls: () => calls,
    take(path) {
      const text = kept.get(path);
      if (text === undefined) throw absent(path);
      kept.delete(path);
      return text;
    },
    real: (path) => path,
    stat(path) {
      if (isReal(path)) return journal.stat(path);
      calls++;
      time.spend(latency);
      const task = taskOf(path);
      if (task !== undefined) {
        const record = cluster().record(task);
        return record === null ? null : { ...there, size: Buffer.byteLength(record) };
      }
      // Jobs that are reported as done have written their outputs; what stands elsewhere does not yet exist.
      return path.startsWith(".braid/staging/") ? there : null;
    },
    linkStat(path) {
      const found = this.stat(path);
      return found === null ? null : { ...found, link: false };
    },
    links: () => charged([]),
    readLink: (path) => {
      throw absent(path);
    },
    writeLink: () => charged(undefined),
    physical: (folder) => folder,
    list(path) {
      if (isReal(path)) return journal.list(path);
      const run = /^\.braid\/tasks\/([^/]+)\/over$/.exec(path)?.[1];
      return charged(run === undefined ? null : cluster().over(run));
    },
    read(path, from, to) {
      if (isReal(path)) return journal.read(path, from, to);
      const task = taskOf(path);
      const text = task === undefined ? kept.get(path) : cluster().record(task);
      if (text == null) throw absent(path);
      return charged(encoder.encode(text));
    },
    write(path, content) {
      if (isReal(path)) journal.write(path, content);
      else if (path.endsWith(".json")) kept.set(path, String(content));
      charged(null);
    },
    sha256: (path, encoding) => journal.sha256(path, encoding),
    create: () => charged(true),
    openAppend: (path) =>
      isReal(path)
        ? journal.openAppend(path)
        : { append: () => charged(null), sync() {}, stands: () => true, close() {} },
    makeFolder(path) {
      if (isReal(path)) journal.makeFolder(path);
      else charged(null);
    },
    rename(from, to) {
      if (isReal(from)) journal.rename(from, to);
      else charged(null);
    },
    duplicate: () => charged(undefined),
    place: (folder) =>
      charged(folder === "" || folder.startsWith(".braid/") ? { device: 0, writable: true } : null),
    remove(path) {
      if (isReal(path)) return journal.remove(path);
      kept.delete(path);
      const task = taskOf(path);
      if (task !== undefined) cluster().forget(task);
      charged(null);
    },
    removeEmpty: () => charged(undefined),
    touch: () => charged(undefined),
    protect: () => charged(undefined),
    isProtected: () => charged(false),
    room: () => null,
  };
}
