/** A queue used through three commands: submit, status, cancel. */
import { exec } from "node:child_process";
import { join } from "node:path";
import {
  cannot,
  describeExit,
  type FileSystem,
  type Loss,
  type QueueSettings,
  shellWord,
} from "braid-engine/executor";
import { type Queue, QueueBusy, type TaskArray, type TaskState } from "../queue/queue.ts";
import { taskScript } from "../queue/script.ts";
import { arrayOf, submissionsIn } from "../queue/submissions.ts";
import { outputPath, runFolder } from "../queue/task.ts";
import type { CommandSettings } from "./settings.ts";
import { fillCommand, takes } from "./template.ts";

/** Waiting and running states, in the words of Slurm, PBS, SGE and LSF. */
const pendingWords =
  /^(PD|PEND|PENDING|Q|QUEUED|H|HELD|W|T|S|qw|hqw|hold|CF|CONFIGURING|PSUSP|USUSP|SSUSP|SUSPENDED)$/i;
const runningWords = /^(R|RUN|RUNNING|E|EXITING|r|t|dr|B|CG|COMPLETING)$/;

const losses: readonly (readonly [RegExp, Loss])[] = [
  [/OUT_OF_ME|MEMLIMIT|OOM/i, "memory"],
  [/TIMEOUT|RUNLIMIT|WALLTIME|DEADLINE/i, "timeout"],
  [/NODE_FAIL|BOOT_FAIL|UNKWN|ZOMBI/i, "node"],
  [/PREEMPT|REQUEUE/i, "preempted"],
  [/CANCEL|TERM_OWNER|TERM_ADMIN|DELETED/i, "cancelled"],
];

/** Messages of a queue that accepts nothing at the moment, or not so much. */
const busyWords =
  /cannot connect|connection refused|unable to contact|timed out|temporarily|try again|not responding|is down|would exceed|limit.*(reached|exceeded)|too many jobs/i;

export function commandQueue(settings: CommandSettings, folder: string, files: FileSystem): Queue {
  const many = takes(settings.submit, "scripts");
  const submissions = submissionsIn(files);

  function valuesOf(array: TaskArray): Map<string, string> {
    const { run, number, size, rule, attempt, resources, queue } = array;
    const scripts: string[] = [];
    for (let index = 0; index < size; index++) {
      const task = `${run}/${number}-${index}`;
      const path = join(".braid/tasks", `${task}.sh`);
      const cpus = cpusOf(resources.threads);
      files.write(path, taskScript({ ...settings, folder, cpus, task }));
      scripts.push(shellWord(join(folder, path)));
    }
    return new Map([
      ...Object.entries(resources).map(([name, amount]) => [name, String(amount)] as const),
      ["rule", rule],
      ["name", `braid-${run}`],
      ["attempt", String(attempt)],
      ["cpus", String(cpusOf(resources.threads))],
      [
        "log",
        shellWord(join(folder, many ? `${runFolder(run)}/${number}.out` : outputPath(`${run}/${number}-0`))),
      ],
      ["script", scripts[0]!],
      ["scripts", scripts.join(" ")],
      ...Object.entries({ extra: "", ...settings.set, ...queueValues(queue), ...settings.rules?.[rule] }),
    ]);
  }

  const cpusOf = (threads = 1) => settings.cpus ?? threads;

  return {
    name: "command",
    arrayLimit: many ? (settings.arrayLimit ?? 100) : 1,
    submitRate: settings.submitRate ?? 2,
    request: ({ rule, resources, queue }) => ({
      ...resources,
      ...queueValues(queue),
      ...settings.rules?.[rule],
    }),
    shape: ({ resources: { threads = 1 } }) => ({
      lanes: Math.max(1, Math.floor(cpusOf(threads) / threads)),
      seconds: settings.limit ?? null,
    }),
    async submit(array) {
      const command = fillCommand(settings.submit, valuesOf(array));
      const output = await runCommand("submit", command, folder).catch((error: Error) => {
        const busy = settings.busy === undefined ? busyWords : new RegExp(settings.busy);
        throw busy.test(error.message) ? new QueueBusy(error.message, false) : error;
      });
      const id = settings.id === undefined ? lastWord(output) : new RegExp(settings.id).exec(output)?.[1];
      if (id === undefined || id === "")
        throw cannot("read what submit printed", output.trim(), "there is no id in it", {
          facts: [["command", command]],
          hint: "Set `id` to a regular expression with a group that matches the id.",
        });
      submissions.note(`${array.run}/${array.number}`, { id, size: array.size });
      return id;
    },
    async states(runs) {
      const submitted = submissions.of(runs);
      const words = await statesOf([...new Set([...submitted.values()].map(({ id }) => id))]);
      const states = new Map<string, TaskState>();
      for (const [array, { id, size }] of submitted) {
        const word = words.get(id);
        if (word === undefined) continue;
        for (let i = 0; i < size; i++) states.set(`${array}-${i}`, stateOf(word));
      }
      return states;
    },
    async cancel(runs, which = {}) {
      const arrays = which.tasks && new Set(which.tasks.map(arrayOf));
      let chosen = [...submissions.of(runs)]
        .filter(([array]) => arrays?.has(array) ?? true)
        .map(([, { id }]) => id);
      if (which.waiting) {
        const words = await statesOf(chosen);
        chosen = chosen.filter((id) => stateOf(words.get(id) ?? "").kind === "pending");
      }
      await forEach(settings.cancel, chosen, (command) => runCommand("cancel", command, folder));
    },
  };

  /** The state of each id, in the queue's words, without ids that the queue no longer lists. */
  async function statesOf(ids: readonly string[]): Promise<Map<string, string>> {
    const words = new Map<string, string>();
    await forEach(settings.status, ids, async (command, id) => {
      const output = await runCommand("status", command, folder, id !== undefined);
      if (id !== undefined) {
        const word = lastWord(output);
        if (word !== undefined) words.set(id, word);
        return;
      }
      for (const line of output.split("\n")) {
        const [of, ...state] = line.trim().split(/\s+/);
        if (of !== undefined && state.length > 0) words.set(of, state.join(" "));
      }
    });
    return words;
  }

  function stateOf(word: string): TaskState {
    const is = (pattern: string | undefined, usual: RegExp) =>
      (pattern === undefined ? usual : new RegExp(pattern)).test(word);
    if (is(settings.pending, pendingWords)) return { kind: "pending" };
    if (is(settings.running, runningWords)) return { kind: "running" };
    const loss = losses.find(([words]) => words.test(word))?.[1] ?? "crashed";
    return { kind: "ended", loss, reason: `The queue reports for the task: ${word}.` };
  }

  /** Runs a command once for all {ids}, for each {id}, or, where it names neither, once. */
  async function forEach(
    template: string,
    ids: readonly string[],
    run: (command: string, id?: string) => Promise<unknown>,
  ): Promise<void> {
    const fixed = Object.entries(settings.set ?? {});
    if (ids.length === 0) return;
    const fill = (...own: [string, string][]) => fillCommand(template, new Map([...fixed, ...own]));
    if (takes(template, "ids")) await run(fill(["ids", ids.join(" ")]));
    else if (takes(template, "idlist")) await run(fill(["idlist", ids.join(",")]));
    else if (takes(template, "id")) for (const id of ids) await run(fill(["id", id]), id);
    else await run(fill());
  }
}

/** What a rule says of its queue, as words for a shell. */
function queueValues({ extra, set, ...words }: QueueSettings = {}): Record<string, string> {
  const values: [string, string | number | undefined][] = Object.entries({ ...set, ...words });
  const own = values.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, shellWord(String(value))]],
  );
  if (extra !== undefined) own.push(["extra", extra.map(shellWord).join(" ")]);
  return Object.fromEntries(own);
}

function lastWord(text: string): string | undefined {
  return text.trim().split(/\s+/).at(-1) || undefined;
}

/** Runs a command of the profile in the working folder and returns what it printed. */
function runCommand(what: string, command: string, folder: string, mayFail = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = exec(
      command,
      { cwd: folder, shell: "/bin/bash", timeout: 120_000, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error === null || mayFail) resolve(stdout);
        else
          reject(
            new Error(
              [
                `${what} failed: ${(stderr || stdout).trim()}`,
                `  command  ${command}`,
                `  ${describeExit("The command", child.exitCode, child.signalCode)}`,
              ].join("\n"),
            ),
          );
      },
    );
    child.stdin?.end();
  });
}
