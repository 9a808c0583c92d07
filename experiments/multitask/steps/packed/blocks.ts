/**
 * Jobs that stand for several seeds, and steps that know single models: a job's members run as jobs of their own,
 * in memory, and what became of them is written once all have ended. A member that fails fails its job.
 */
import { BraidError } from "braid-engine";
import type { BatchOf } from "../batch.ts";

interface BlockJob {
  readonly wildcards: object;
  readonly params: { readonly seeds: readonly number[] };
}

/** A job of a single model, and the job it belongs to. */
export type MemberOf<J extends BlockJob> = Omit<J, "wildcards"> & {
  readonly wildcards: J["wildcards"] & { readonly seed: string };
  readonly block: BatchOf<J>[number];
};

/**
 * Gives the members of a batch to `body`, which keeps a result of each, and the results of each job, in the order
 * of its seeds, to `finish`.
 */
export async function inBlocks<J extends BlockJob, R>(
  batch: BatchOf<J>,
  body: (
    members: BatchOf<MemberOf<J>>,
    keep: (member: BatchOf<MemberOf<J>>[number], result: R) => void,
  ) => Promise<void>,
  finish: (job: BatchOf<J>[number], results: readonly R[]) => Promise<void>,
): Promise<void> {
  const results = new Map<unknown, R>();
  const ends: Promise<void>[] = [];
  const members = batch.flatMap((block) => {
    const { seeds } = block.params;
    const failures: [seed: number, error: unknown][] = [];
    let left = seeds.length;
    const own: BatchOf<MemberOf<J>>[number][] = [];
    const end = () => {
      if (--left > 0) return;
      if (failures.length > 0) block.fail(allOf(failures, seeds.length));
      else
        ends.push(
          finish(
            block,
            own.map((one) => results.get(one)!),
          ).then(block.done, block.fail),
        );
    };
    for (const seed of seeds) {
      const fail = (error: unknown) => {
        failures.push([seed, error]);
        end();
      };
      own.push({ ...block, block, wildcards: { ...block.wildcards, seed: String(seed) }, done: end, fail });
    }
    return own;
  });
  Object.defineProperty(members, "stopping", { get: () => batch.stopping });
  await body(members as unknown as BatchOf<MemberOf<J>>, (member, result) => results.set(member, result));
  await Promise.all(ends);
}

/** What failed all members alike is told once, else each seed has its own sentence. */
function allOf(failures: readonly (readonly [seed: number, error: unknown])[], members: number): Error {
  const told = failures.map(([seed, error]) => ({
    seed,
    said: error instanceof Error ? error.message : String(error),
  }));
  const alike = told.length === members && told.every(({ said }) => said === told[0]!.said);
  return new BraidError(
    alike ? told[0]!.said : told.map(({ seed, said }) => `seed ${seed}: ${said}`).join("\n"),
  );
}
