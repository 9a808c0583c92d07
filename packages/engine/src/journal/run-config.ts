/** The config of a run, in the journal: a text that runs with the same config share. */
import { shortHash } from "../disk/fingerprint.ts";
import type { RecordedText } from "../plan/recipe.ts";
import type { History, RunRecord } from "./history.ts";

/** The text of a checked config; null where there is none or JSON cannot say it. */
export function configText(config: unknown): RecordedText | null {
  try {
    const text = JSON.stringify(config) as string | undefined;
    return text === undefined ? null : { id: shortHash(text), text };
  } catch {
    return null;
  }
}

/** The config of a run as its JSON; null where it is not recorded. */
export function recordedConfig({ config }: RunRecord, { texts }: History): string | null {
  return config === undefined ? null : (texts.get(config) ?? null);
}
