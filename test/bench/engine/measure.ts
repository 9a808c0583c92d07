/** Runs commands side by side and says what they cost: CPU seconds (user + system), peak memory, wall time. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Cost {
  /** Seconds of user and system time, of the process and all its children. */
  readonly cpu: number;
  readonly wall: number;
  /** Peak resident memory of the largest process, MB. */
  readonly memory: number;
  readonly output: string;
}

const timer = "/usr/bin/time";

/** True if a program is on the PATH. */
function isInstalled(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** The Debian packages that a measurement lacks; `time` is needed by all. */
export function missingTools(programs: readonly string[]): string[] {
  return [...(existsSync(timer) ? [] : ["time"]), ...programs.filter((program) => !isInstalled(program))];
}

/** Runs a command to its end in `folder`. Throws where its exit code is not 0. */
export function measure(folder: string, command: readonly string[]): Cost {
  const scratch = mkdtempSync(join(tmpdir(), "braid-bench-"));
  const record = join(scratch, "time");
  try {
    const { status, stdout, stderr, error } = spawnSync(
      timer,
      ["-o", record, "-f", "%e %U %S %M", ...command],
      { cwd: folder, encoding: "utf8", maxBuffer: 1 << 30 },
    );
    if (error !== undefined) throw error;
    if (status !== 0)
      throw new Error(
        `${command.join(" ")} ended with exit code ${status}\n${`${stdout}${stderr}`.slice(-2_000)}`,
      );
    const [wall, user, system, kilobytes] = readFileSync(record, "utf8").trim().split(" ").map(Number);
    return {
      cpu: user! + system!,
      wall: wall!,
      memory: (kilobytes! * 1_024) / 1e6,
      output: stdout + stderr,
    };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
