/** scale_period and scale_ungauged: unscaled windows become those that trained models predict from. */
import { readFile, writeFile } from "node:fs/promises";
import type { Attribute } from "../../attributes.ts";
import { scaleAsLearnt, unlikeLearnt } from "../../sequences/as-learnt.ts";
import { decodePrepared, encodePrepared } from "../../sequences/prepared.ts";
import { told } from "../batch.ts";

interface ScaleJob {
  readonly input: {
    /** The unscaled windows of each site. */
    readonly windows: readonly string[];
    /** The prepared data that the models learnt from. */
    readonly learnt: string;
  };
  readonly output: string;
  readonly params: { readonly attributes: readonly Attribute[] };
  warn(text: string): void;
}

/** Scales the windows of a job. */
export async function scalePeriod({ input, output, params, warn }: ScaleJob): Promise<void> {
  try {
    const read = async (file: string) => decodePrepared(await readFile(file), file);
    const members = await Promise.all(input.windows.map(read));
    const scaled = scaleAsLearnt(members, await read(input.learnt), params.attributes);
    for (const warning of unlikeLearnt(scaled)) warn(warning);
    await writeFile(output, encodePrepared(scaled));
  } catch (error) {
    throw told(error);
  }
}
