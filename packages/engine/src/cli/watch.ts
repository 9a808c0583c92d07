/**
 * `--watch`: runs the same command again whenever a file that the last run has read looks different. Each of these runs, a
 * round, is a process of its own, because Node never loads a module twice in a process. A round tells the watching process
 * by IPC which files it reads.
 *
 * The watching process compares size and time of each file, and does not ask the file system to report changes: that does
 * not work on network file systems, and is limited on others.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { registerHooks } from "node:module";
import { relative } from "node:path";
import { env, ppid } from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { count } from "../quantities.ts";

/** Reports absolute paths of files that this round reads to the watching process; `planned` if these complete the list. */
export type Tell = (paths: Iterable<string>, planned?: boolean) => void;

interface Message {
  readonly read: readonly (readonly [path: string, stamp: string])[];
  readonly planned: boolean;
}

/** Names the watching process to its rounds. Children of a round inherit it too, but have another parent. */
const mark = "BRAID_WATCHED_BY";

/** ms between two looks; more if a look takes long. */
const pause = 300;

/** How a file looks: it has changed if this differs. */
function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? "missing" : `${stat.size} ${stat.mtimeNs} ${stat.ino}`;
}

/** The function that reports; undefined if this process is not a round. From now on, also reports each loaded module. */
export function tellWatcher(): Tell | undefined {
  if (env[mark] !== String(ppid) || process.send === undefined) return undefined;
  const tell: Tell = (paths, planned = false) => {
    const read = Array.from(new Set(paths), (path) => [path, stampOf(path)] as const);
    if (process.connected) process.send?.({ read, planned } satisfies Message);
  };
  const engine = new URL("../", import.meta.url).href;
  registerHooks({
    load(url, context, next) {
      if (url.startsWith("file:") && !url.startsWith(engine) && !url.includes("/node_modules/"))
        tell([fileURLToPath(url)]);
      return next(url, context);
    },
  });
  return tell;
}

/** Resolves with the exit code of the last round when the user ends it. */
export async function watchRuns(json: boolean): Promise<number> {
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  const ending = new AbortController();
  let round: ChildProcess | undefined;
  // A terminal sends Ctrl-C to the round too, which ends as a run does.
  const interrupted = () => ending.abort();
  const terminated = () => {
    ending.abort();
    round?.kill("SIGTERM");
  };
  process.on("SIGINT", interrupted).on("SIGTERM", terminated).on("SIGHUP", terminated);
  let stamps = new Map<string, string>();
  for (;;) {
    const found = new Map<string, string>();
    let planned = false;
    round = startRound((message) => {
      for (const [path, stamp] of message.read) if (!found.has(path)) found.set(path, stamp);
      planned ||= message.planned;
    });
    const code = await exitOf(round);
    round = undefined;
    if (ending.signal.aborted || code === 130) return code;
    // A round that fails early does not know all files.
    stamps = planned ? found : new Map([...stamps, ...found]);
    say(`\nWatching ${count(stamps.size, "file")} for changes. Press Ctrl-C to stop.`);
    const changed = await nextChange(stamps, ending.signal);
    if (changed.length === 0) return code;
    for (const path of changed) stamps.set(path, stampOf(path));
    say(`\n${changeText(changed)}\n`);
  }
}

/** The same command in a new process. */
function startRound(receive: (message: Message) => void): ChildProcess {
  const round = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...env, [mark]: String(process.pid) },
  });
  return round.on("message", receive);
}

function exitOf(round: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    round.on("error", reject).on("close", (code) => resolve(code ?? 130));
  });
}

/** Waits for a change, and until nothing has changed for a while; resolves with the changed paths, or none when it ends. */
async function nextChange(stamps: ReadonlyMap<string, string>, signal: AbortSignal): Promise<string[]> {
  let before = "";
  for (;;) {
    const start = performance.now();
    const changed = [...stamps].filter(([path, stamp]) => stampOf(path) !== stamp).map(([path]) => path);
    const now = changed.map((path) => `${path} ${stampOf(path)}`).join();
    if (now !== "" && now === before) return changed;
    before = now;
    try {
      await wait(Math.max(pause, 10 * (performance.now() - start)), undefined, { signal });
    } catch {
      return [];
    }
  }
}

function changeText([first, ...more]: readonly string[]): string {
  const name = relative(process.cwd(), first!);
  return more.length === 0
    ? `${name} has changed.`
    : `${name} and ${count(more.length, "more file")} have changed.`;
}
