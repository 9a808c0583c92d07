import { expect, test } from "vitest";
import { type AnyRule, rule } from "./rule.ts";
import { ruleset } from "./ruleset.ts";

const read = (more: object) => ruleset({ fit: { ...rule({ output: "a" }), ...more } as AnyRule });
const error = (more: object) => {
  try {
    read(more);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return "";
};

test("retries are a whole number, or whole numbers by reason", () => {
  for (const retries of [undefined, 0, 3, {}, { oom: 2, timeout: 1, lost: 3, exit: { 75: 5 }, other: 0 }])
    expect(error({ retries })).toBe("");
  expect(error({ retries: { ooom: 2 } })).toBe(
    'Cannot read the rule "fit": its retries have "ooom", which is not a failure reason\n  Did you mean "oom"?',
  );
  expect(error({ retries: { preempted: 2 } })).toBe(
    'Cannot read the rule "fit": its retries have "preempted", which is not a failure reason\n  The names are oom, timeout, lost, exit, other.',
  );
  expect(error({ retries: { oom: 1.5 } })).toBe(
    'Cannot read the rule "fit": retries.oom is 1.5, not a whole number from 0',
  );
  expect(error({ retries: -1 })).toBe('Cannot read the rule "fit": retries is -1, not a whole number from 0');
  expect(error({ retries: "2" })).toBe(
    'Cannot read the rule "fit": retries is "2", not a whole number from 0',
  );
  expect(error({ retry: 2 })).toContain("Write retries: 2, or retries: { oom: 2 }.");
});

test("exit codes are those that a process can have", () => {
  expect(error({ retries: { exit: 2 } })).toBe(
    'Cannot read the rule "fit": retries.exit is 2, not a record of exit codes\n  Write exit: { 75: 5 } to retry five times after exit code 75.',
  );
  for (const code of ["0", "256", "oom", "07"])
    expect(error({ retries: { exit: { [code]: 1 } } })).toBe(
      `Cannot read the rule "fit": retries.exit has "${code}", which is not an exit code from 1 to 255`,
    );
  for (const code of [1, 99, 137, 255]) expect(error({ retries: { exit: { [code]: 1 } } })).toBe("");
  expect(error({ retries: { exit: { 75: "5" } } })).toBe(
    'Cannot read the rule "fit": retries.exit[75] is "5", not a whole number from 0',
  );
});

test("the settings of a queue are strings under known names", () => {
  const queue = { account: "water", partition: "long", qos: "high", constraint: "ib", gres: "gpu:1" };
  expect(error({ queue: { ...queue, extra: ["--exclusive"], set: { site: "a", hours: 2 } } })).toBe("");
  expect(error({ queue: { partiton: "long" } })).toBe(
    'Cannot read the rule "fit": its queue has the unknown key "partiton"\n  Did you mean "partition"? Put other names for the executor `command` in set: { partiton: ... }.',
  );
  expect(error({ queue: "long" })).toBe(
    'Cannot read the rule "fit": its queue is "long", not a record of settings',
  );
  expect(error({ queue: { partition: 3 } })).toBe(
    'Cannot read the rule "fit": partition in its queue is 3, not a non-empty string',
  );
  expect(error({ queue: { extra: "--exclusive" } })).toContain(
    'extra in its queue is "--exclusive", not a list of non-empty strings',
  );
  expect(error({ queue: { set: { a: null } } })).toContain(
    'set in its queue is {"a":null}, not a record of non-empty strings and numbers',
  );
});

test("what a queue function returns is checked when it is called", () => {
  const [fit] = read({ queue: () => ({ partiton: "long" }) });
  const call = () => (fit!.queue as (job: object) => unknown)({});
  expect(call).toThrow('the result of its queue function has the unknown key "partiton"');
  const [late] = read({ queue: async () => ({}) });
  expect(() => (late!.queue as (job: object) => unknown)({})).toThrow("its queue function returns a promise");
});

test("a setting of a queue that is undefined is none", () => {
  const [given, asked] = [
    { partition: undefined, qos: "high" },
    () => ({ partition: undefined, extra: undefined }),
  ].map((queue) => read({ queue })[0]!.queue);
  // A key would hide what the profile says.
  expect(Object.entries(given as object)).toEqual([["qos", "high"]]);
  expect(Object.keys((asked as (job: object) => object)({}))).toEqual([]);
});
