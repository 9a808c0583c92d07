/** All differences between the record of a job and its current state. */
import type { Trace } from "../journal/traces.ts";
import { type RecordedText, sameCode, sameParams } from "../plan/recipe.ts";
import type { Prepared } from "./prepare.ts";

export interface Differences {
  readonly trace: Trace;
  /** The new text if it differs; null if it is the same. */
  readonly params: RecordedText | null;
  readonly code: RecordedText | null;
  readonly inputSet: boolean;
  /** The same files in other places or under other names. */
  readonly roles: boolean;
  /** Whether some input differs; `inputs` lists those that can be named. */
  readonly content: boolean;
  readonly inputs: readonly string[];
  /** Outputs that were edited. */
  readonly outputs: readonly string[];
}

/** Returns null if there is no record. */
export function differences(prepared: Prepared, job: number): Differences | null {
  const { plan, fileStates, digests, staleness, recipes } = prepared;
  const trace = fileStates.trace(job);
  if (trace === undefined) return null;
  const { rule } = plan.job(job);
  // Until its `after` has named the rest of its inputs, only the first ones are known.
  const isPart = plan.afterInputs.has(job);
  const asks = typeof rule.spec.params === "function";
  const isOpen = (isPart && asks) || staleness.hasOpenParams(job);
  const params = isOpen ? undefined : staleness.recipe(job)?.params;
  const code = recipes.code(rule);
  const same = sameCode(trace, code);
  const content = !isPart && trace.inputs !== digests.inputs(job);
  const edited = [...plan.outputs(job)].filter((file) => fileStates.edited.has(file));
  return {
    trace,
    params: params === undefined || sameParams(trace, params) ? null : params,
    code: same.code && same.prefix ? null : code,
    inputSet: !isPart && trace.set !== digests.set(job),
    roles: !isPart && trace.roles !== undefined && trace.roles !== digests.roles(job),
    content,
    inputs: content ? staleness.changedInputs(job, trace).map((file) => plan.path(file)) : [],
    outputs: edited.map((file) => plan.path(file)),
  };
}
