/** pool_io_data: the unscaled data of the sites of a unit become the scaled data that its models learn from. */
import { readFile, writeFile } from "node:fs/promises";
import { type PoolSpec, pool } from "../sequences/pool.ts";
import { decodePrepared, encodePrepared } from "../sequences/prepared.ts";
import { told } from "./batch.ts";

interface PoolJob {
  /** The prepared data of the sites that could be prepared. */
  readonly input: readonly string[];
  readonly output: string;
  readonly wildcards: { readonly unit: string };
  readonly params: PoolSpec;
  warn(text: string): void;
}

/** Pools the sites of a unit. */
export async function poolIoData({ input, output, wildcards, params, warn }: PoolJob): Promise<void> {
  try {
    const members = await Promise.all(input.map(async (file) => decodePrepared(await readFile(file), file)));
    const { prepared, warnings } = pool(wildcards.unit, members, params);
    for (const warning of warnings) warn(warning);
    await writeFile(output, encodePrepared(prepared));
  } catch (error) {
    throw told(error);
  }
}
