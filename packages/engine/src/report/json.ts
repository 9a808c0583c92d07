/** Events as JSON lines, for programs that follow a run. */
import type { RunEvent } from "../events.ts";

export function jsonLine(event: RunEvent): string {
  const plain =
    event.kind === "planned" || event.kind === "grown"
      ? { ...event, rules: Object.fromEntries(event.rules) }
      : event;
  return JSON.stringify({ at: Date.now(), ...plain });
}
