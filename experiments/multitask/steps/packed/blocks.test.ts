import { expect, test } from "vitest";
import { batchOf } from "../../testing/made-up-data.ts";
import { inBlocks } from "./blocks.ts";

const job = (site_id: string, seeds: readonly number[]) => ({
  wildcards: { site_id },
  params: { seeds },
});
type Block = ReturnType<typeof job>;

/** Runs a body that keeps each member's name, and fails those of `failing`. */
async function blocks(jobs: readonly Block[], failing: readonly string[] = [], write = async () => {}) {
  const { batch, ended } = batchOf(jobs);
  const finished: (readonly string[])[] = [];
  await inBlocks<Block, string>(
    batch,
    async (members, keep) => {
      // Backwards: the order of results is that of the seeds.
      for (const member of [...members].reverse()) {
        const name = `${member.wildcards.site_id}/${member.wildcards.seed}`;
        if (failing.includes(name)) member.fail(new Error("it diverged"));
        else {
          keep(member, name);
          member.done();
        }
      }
    },
    async (_job, results) => {
      await write();
      finished.push(results);
    },
  );
  return { ended, finished };
}

test("a job is done when all its members are, and gets their results in the order of its seeds", async () => {
  const { ended, finished } = await blocks([job("a", [3, 1]), job("b", [2])]);
  expect(ended).toEqual(["done", "done"]);
  expect(finished).toEqual([["b/2"], ["a/3", "a/1"]]);
});

test("a member that fails fails its job, by its seed; other jobs go on", async () => {
  const { ended, finished } = await blocks([job("a", [0, 1]), job("b", [0])], ["a/1"]);
  expect(String(ended[0])).toContain("seed 1: it diverged");
  expect(ended[1]).toBe("done");
  expect(finished).toEqual([["b/0"]]);
});

test("what fails all members of a job alike is told once", async () => {
  const { ended } = await blocks([job("a", [0, 1])], ["a/0", "a/1"]);
  expect((ended[0] as Error).message).toBe("it diverged");
});

test("a job whose results cannot be written has failed", async () => {
  const full = new Error("ENOSPC: no space left on device");
  const { ended } = await blocks([job("a", [0])], [], () => Promise.reject(full));
  expect(ended).toEqual([full]);
});
