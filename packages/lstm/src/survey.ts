/** What this machine has to train with, and what `backend: auto` would take: for people, in plain words. */
import { chooseBinary } from "./backends/wasm/binaries.ts";
import type { Backend } from "./interface/backend.ts";
import { type BackendPackages, loadPackage, type OptionalBackendName } from "./interface/backend-package.ts";
import { oneLine } from "./interface/errors.ts";
import { openBackend } from "./open-backend.ts";

/** One thing looked at. */
export interface Finding {
  /** Whether it is there. */
  readonly found: boolean;
  readonly name: string;
  readonly text: string;
}

/** Looks at every way to train; none of them missing is a mistake, but auto may be refused (`found` of the last). */
export async function survey(
  packages: BackendPackages = {},
  openAuto: () => Promise<Backend> = () => openBackend("auto", { packages }),
): Promise<Finding[]> {
  return [
    await look("SIMD", async () => {
      const { binary } = await chooseBinary("auto");
      return binary === "relaxed"
        ? "relaxed SIMD: the fast kernel of backend wasm runs"
        : "128-bit SIMD without fused multiply-add: backend wasm runs, newer Node is faster";
    }),
    ...(await lookAtPackages(packages)),
    await look("auto", async () => {
      const backend = await openAuto();
      const text = `would train on ${backend.name} (${backend.device})`;
      backend.dispose();
      return text;
    }),
  ];
}

async function lookAtPackages(packages: BackendPackages): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of Object.keys(packages) as OptionalBackendName[])
    try {
      const { ways } = await loadPackage(name, packages);
      for (const [way, at] of Object.entries(ways)) findings.push(await look(way, at));
    } catch (error) {
      findings.push({ found: false, name, text: oneLine(error as Error) });
    }
  return findings;
}

async function look(name: string, at: () => Promise<string>): Promise<Finding> {
  try {
    return { found: true, name, text: await at() };
  } catch (error) {
    return { found: false, name, text: oneLine(error as Error) };
  }
}
