/** Counts from vitest's JSON report: what ran, what failed, what did not run. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of the JSON report that is read. */
interface Report {
  readonly testResults: readonly {
    readonly status: "passed" | "failed";
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts the tests in vitest's report. A test file that could not run counts as one failure, and so does whatever
 * else made vitest exit with a `code` that is not 0: no report, an unhandled error, no test at all.
 */
export function count(report: unknown, code: number): Counts {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of (report as Report | undefined)?.testResults ?? []) {
    const tests = file.assertionResults.map(({ status }) => status);
    const failures = tests.filter((status) => status === "failed").length;
    passed += tests.filter((status) => status === "passed").length;
    failed += failures === 0 && file.status === "failed" ? 1 : failures;
    skipped += tests.filter((status) => status !== "passed" && status !== "failed").length;
  }
  if (code !== 0 && failed === 0) failed = 1;
  return { passed, failed, skipped };
}

/** Whether the run may be called a success: nothing failed, and something ran. */
export function isSuccess({ passed, failed }: Counts): boolean {
  return failed === 0 && passed > 0;
}

/** The last line of a test run. */
export function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
