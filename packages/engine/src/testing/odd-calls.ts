/** For tests of executors: calls of the odd bodies, and how they ended. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { CallSpec, Executor } from "../calls/executor.ts";
import workflow from "./odd-bodies.ts";

export const folder = mkdtempSync(join(tmpdir(), "braid-executors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const url = new URL("./odd-bodies.ts", import.meta.url).href;
export const rules = workflow.rules(undefined);
let ids = 0;

export function callOf(rule: string, jobs: number, timeout?: number): CallSpec {
  const id = ++ids;
  return {
    id,
    rule,
    jobs: Array.from({ length: jobs }, (_, i) => ({
      order: i + 1,
      key: `${rule}/${i + 1}`,
      attempt: 1,
      name: `${rule} (n=${i + 1})`,
      wildcards: { n: String(i + 1) },
      input: [],
      output: join(folder, `${id}-${i + 1}`),
      staging: folder,
    })),
    resources: { threads: 1 },
    gpus: [],
    batch: jobs,
    together: rules[rule]!.runBatch !== undefined,
    log: join(folder, `${id}.log`),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

interface Ended {
  readonly done: number[];
  readonly failed: [number, string][];
  readonly error: string | undefined;
}

export async function end(executor: Executor, call: CallSpec, onDone = () => {}): Promise<Ended> {
  const done: number[] = [];
  const failed: [number, string][] = [];
  const events = {
    done: (order: number) => {
      done.push(order);
      onDone();
    },
    failed: (order: number, error: string) => void failed.push([order, error.split("\n")[0]!]),
  };
  const error = await executor.run(call, events).then(
    () => undefined,
    (reason: Error) => reason.message,
  );
  return { done, failed, error };
}

export const silent = { done: () => {}, failed: () => {} };

export const logOf = (call: CallSpec) => readFileSync(call.log, "utf8");
