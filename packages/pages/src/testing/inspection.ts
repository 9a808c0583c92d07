/** What the engine tells of a workflow, made up for tests. */
import type { FileStat, Inspection, ReadFiles, RunRecord } from "braid-engine/inspect";

/** Nothing has run; `given` is what a test is about. */
export function inspectionOf(given: Partial<Inspection> = {}): Inspection {
  return {
    workflow: "/w/workflow.ts",
    folder: "/w",
    version: "0.1.0",
    status: null,
    runs: [],
    rules: [],
    made: [],
    failures: [],
    graph: { nodes: [], edges: [] },
    targets: [],
    config: { ofRun: null, since: [] },
    files: filesOf({}),
    jobs: () => [],
    shown: () => [],
    describe: ({ rule, job }) => ({ name: rule, path: `${rule}/${job}`, log: null }),
    ...given,
  };
}

/** A run that began at `at`, ms since 1970, and took two seconds. */
export function runAt(at: number, command = "braid"): RunRecord {
  return { id: `run-${at}`, at, host: "h", pid: 1, command, executor: "workers", end: at + 2_000 };
}

/** Files by path; a path below which a file lies is a folder. */
export function filesOf(contents: Readonly<Record<string, string>>): ReadFiles {
  const below = (path: string) => Object.keys(contents).filter((each) => each.startsWith(`${path}/`));
  return {
    stat(path) {
      const text = contents[path];
      if (text === undefined && below(path).length === 0) return null;
      return { size: text?.length ?? 0, mtime: 1_000, directory: text === undefined } as FileStat;
    },
    list: below,
    read: (path, from, to) => Buffer.from(contents[path]!).subarray(from, to),
  };
}
