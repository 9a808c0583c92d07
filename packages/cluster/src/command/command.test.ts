/** What a queue of commands is told about a task. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realFiles } from "braid-engine/executor";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TaskArray } from "../queue/queue.ts";
import { commandQueue } from "./command.ts";
import type { CommandSettings } from "./settings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-commands-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const array: TaskArray = {
  run: "r",
  number: 0,
  size: 1,
  rule: "fit",
  attempt: 1,
  failures: [],
  jobs: 1,
  resources: { threads: 2, mem_mb: 500 },
};

function queueOf(words: string, more: Partial<CommandSettings> = {}) {
  const settings = {
    submit: `printf '%s\\n' ${words} > told; echo 1`,
    status: "true",
    cancel: "true",
    ...more,
  };
  return commandQueue(settings, folder, realFiles(folder));
}

/** The words that the submit command gets for them. */
async function told(words: string, change: Partial<TaskArray>, more: Partial<CommandSettings> = {}) {
  realFiles(folder).makeFolder(".braid/tasks/r");
  await queueOf(words, more).submit({ ...array, ...change });
  return readFileSync(join(folder, "told"), "utf8").trimEnd().split("\n");
}

test("a command takes what the rule says of its queue, whatever is in it", async () => {
  const queue = {
    partition: "long",
    constraint: "ib&avx 512",
    extra: ["--exclusive", "--comment=it's mine"],
    set: { hours: 12 },
  };
  expect(await told("{partition} {constraint} {hours} {mem_mb} {extra}", { queue })).toEqual([
    "long",
    "ib&avx 512",
    "12",
    "500",
    "--exclusive",
    "--comment=it's mine",
  ]);
});

test("the rule's words override the profile's for all rules, and the profile's for the rule both", async () => {
  const settings = {
    set: { partition: "cpu", account: "water", qos: "low" },
    rules: { fit: { account: "own" } },
  };
  const queue = { partition: "long", account: "lab" };
  expect(await told("{partition} {account} {qos} {extra} end", { queue }, settings)).toEqual([
    "long",
    "own",
    "low",
    "end",
  ]);
});

test("a word that neither says is an error that names it", async () => {
  await expect(told("{partition}", {})).rejects.toThrow("there is no value for {partition}");
});

test("messages name what a task asks for", () => {
  const queue = { partition: "long", set: { hours: 12 } };
  expect(queueOf("").request!({ ...array, queue })).toEqual({
    threads: 2,
    mem_mb: 500,
    partition: "long",
    hours: "12",
  });
});
