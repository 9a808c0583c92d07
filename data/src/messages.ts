/** What the commands of this package print when something is wrong. */
import { BraidError } from "@braid/engine";

/** The message of a mistake, without a stack; of anything else, with it. */
export function messageOf(error: unknown): string {
  if (error instanceof BraidError) return error.message;
  if (error instanceof TypeError && "code" in error) return `Cannot read the arguments: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
