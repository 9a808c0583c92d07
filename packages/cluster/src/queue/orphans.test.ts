import { markUnlockedRun, memoryFiles } from "braid-engine/executor";
import { expect, test } from "vitest";
import { findOrphans } from "./orphans.ts";
import type { Queue } from "./queue.ts";
import { callPath } from "./task.ts";

test("tasks of a run without the lock are not taken over, nor taken back, before it is gone", async () => {
  const files = memoryFiles();
  files.makeFolder(".braid/tasks/other");
  files.write(callPath("other/0-0"), '{"jobs":[]}');
  const queue = { states: async () => new Map([["other/0-0", { kind: "running" }]]) } as unknown as Queue;
  const found = async () => [...(await findOrphans(files, queue, () => {})).keys()];
  const unmark = markUnlockedRun(files, "other", "");
  expect(await found()).toEqual([]);
  expect(files.stat(callPath("other/0-0"))).not.toBe(null);
  unmark();
  expect(await found()).toEqual(["other/0-0"]);
});
