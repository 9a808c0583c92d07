/** The backends that tests run on this machine; one that cannot be had is skipped aloud, in CI it is an error. */
import { type Backend, type BackendName, type ChooseOptions, openBackend } from "../index.ts";

import { compileForTests } from "./compile-for-tests.ts";

/** The GPU, or the processor in its place: the same path through OpenCL. */
export const anyDevice: ChooseOptions = { gpu: { processors: true } };

/** Those of the names that open here. */
export async function openHere(
  names: readonly BackendName[],
): Promise<{ readonly name: BackendName; readonly backend: Backend }[]> {
  const opened: { readonly name: BackendName; readonly backend: Backend }[] = [];
  for (const name of names)
    try {
      if (name === "native" && (await compileForTests()) === null) continue;
      opened.push({ name, backend: await openBackend(name, anyDevice) });
    } catch (error) {
      if (name !== "gpu" || process.env.CI !== undefined) throw error;
      console.warn(`Skipped the tests of ${name}: ${(error as Error).message}`);
    }
  return opened;
}
