/** Lets jobs write to the node's own disk first, and copies outputs to the shared folder when a job has succeeded. */
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { JobSpec } from "braid-engine/executor";

export interface ScratchJob {
  /** The job as its body sees it. */
  readonly inside: JobSpec;
  bringBack(): void;
  clean(): void;
}

/** `scratch` is a folder of the node, with environment variables: `$TMPDIR`; without it the job stays as it is. */
export function scratchJob(job: JobSpec, scratch: string | undefined): ScratchJob {
  if (scratch === undefined) return { inside: job, bringBack() {}, clean() {} };
  const folder = join(filled(scratch), `braid-${randomBytes(6).toString("hex")}`);
  const moved = (path: string) => join(folder, path.slice(job.staging.length));
  const inside = { ...job, staging: folder, output: mapPaths(job.output, moved) };
  return {
    inside,
    bringBack() {
      mkdirSync(job.staging, { recursive: true });
      cpSync(folder, job.staging, { recursive: true });
    },
    clean: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function mapPaths(shape: unknown, replace: (path: string) => string): unknown {
  if (typeof shape === "string") return replace(shape);
  if (Array.isArray(shape)) return shape.map((each) => mapPaths(each, replace));
  if (typeof shape !== "object" || shape === null) return shape;
  return Object.fromEntries(Object.entries(shape).map(([name, each]) => [name, mapPaths(each, replace)]));
}

/** Fills `$NAME` and `${NAME}` from the environment. */
function filled(path: string): string {
  return path.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, plain) => {
    const value = process.env[braced ?? plain];
    if (value === undefined)
      throw new Error(`The scratch folder "${path}" needs ${braced ?? plain}, which is not set here.`);
    return value;
  });
}
