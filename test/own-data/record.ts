/**
 * Transcripts of a first day with data: each command runs as a user runs it, and the text has every message and the seconds
 * that each took. `messagesOf` is what a test compares when it runs the commands again.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const top = join(import.meta.dirname, "../..");

/** A transcript, to be kept in `file`. */
export interface Transcript {
  readonly file: string;
  readonly opening: string;
  /** Writes the user's files into an empty folder. */
  makeFiles(folder: string): Promise<void> | void;
  readonly steps: readonly Step[];
}

interface Step {
  readonly says: string;
  readonly command: string;
  readonly code: number;
}

/** What pnpm starts; other commands are run as they stand. */
const entries = {
  "pnpm data import": "data/src/import-data.ts",
  "pnpm data check": "experiments/multitask/check-data.ts",
  "pnpm exp:a": "experiments/multitask/main.ts",
} as const;

/** Runs all commands in a new folder. @throws if one ends with another exit code than it should. */
export async function makeTranscript({ opening, makeFiles, steps }: Transcript): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "braid-own-data-"));
  try {
    await makeFiles(folder);
    let text = opening;
    let seconds = 0;
    for (const step of steps) {
      const began = performance.now();
      text += `\n${step.says}\n\n\`\`\`\n$ ${step.command}\n${runStep(step, folder)}\`\`\`\n`;
      const took = (performance.now() - began) / 1000;
      seconds += took;
      text += `${took.toFixed(1)} s, exit code ${step.code}\n`;
    }
    return `${text}\nAll commands: ${seconds.toFixed(0)} s.\n`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runStep({ command, code }: Step, folder: string): string {
  const [name, entry] = Object.entries(entries).find(([each]) => command.startsWith(`${each} `)) ?? [];
  const line =
    name === undefined
      ? command
      : `"${process.execPath}" "${join(top, "scripts/start.mjs")}" ${entry}${command.slice(name.length)}`;
  const { status, stdout } = spawnSync("bash", ["-c", `exec 2>&1; ${line}`], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== code) throw new Error(`${command} ended with ${status}:\n${stdout}`);
  return stdout.replaceAll(folder, ".");
}

/** The messages of a transcript: without times, progress, scores, estimates and what depends on the machine. */
export function messagesOf(transcript: string): string {
  return transcript
    .split("\n")
    .filter(
      (line) =>
        !/^\d[\d.]* s, exit|^All commands|^\[[\d.]+ \w+\] |^Backend|^ {2}Passed over|^No estimate|^About .* left|left$|threads? at once/.test(
          line,
        ),
    )
    .join("\n")
    .replaceAll(/in \d[\d.]* (ms|s|min)\b/g, "in TIME")
    .replaceAll(/-?\d+\.\d{3}\b/g, "SCORE");
}
