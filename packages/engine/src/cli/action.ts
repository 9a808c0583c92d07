/** What `run` does: make, or one of the things that look or put in order instead. */
import { resolve } from "node:path";
import type { OptionValue } from "../config/config.ts";
import { cannot } from "../errors.ts";
import type { ChangeKind } from "../report/lists.ts";
import { choicesOf, oneOf } from "./values.ts";

export type GraphFormat = "dot" | "mermaid" | "svg";

/** What `run` does; at most one of the others can be asked for. */
export type Action =
  | { readonly kind: "make" }
  | { readonly kind: "summary" | "detailed summary" | "list untracked" | "touch" | "unlock" }
  | { readonly kind: "list rules"; readonly of: "all" | "targets" }
  | { readonly kind: "delete"; readonly of: "all" | "temporary" }
  | { readonly kind: "list changes"; readonly of: readonly ChangeKind[] }
  | { readonly kind: "rulegraph" | "dag"; readonly format: GraphFormat }
  /** The file is absolute. */
  | { readonly kind: "report"; readonly file: string };

const actions = [
  "summary",
  "detailed-summary",
  "list-changes",
  "list-untracked",
  "list-rules",
  "list-target-rules",
  "rulegraph",
  "dag",
  "report",
  "touch",
  "delete-all-output",
  "delete-temp-output",
  "unlock",
] as const;

/** At most one may be asked for. */
export function readAction(given: ReadonlyMap<string, OptionValue>): Action {
  const asked = actions.filter((name) => given.has(name) && given.get(name) !== false);
  if (asked.length > 1)
    throw cannot("do", `--${asked[0]}`, `--${asked[1]} is asked for as well; each is a command of its own`);
  switch (asked[0]) {
    case undefined:
      return { kind: "make" };
    case "list-changes":
      return {
        kind: "list changes",
        of: choicesOf(given, "list-changes", ["input", "params", "code"] as const),
      };
    case "rulegraph":
    case "dag": {
      const format = given.get(asked[0]);
      return {
        kind: asked[0],
        format: format === "" ? "dot" : oneOf(asked[0], String(format), ["dot", "mermaid", "svg"] as const),
      };
    }
    case "report":
      return { kind: "report", file: resolve(String(given.get("report") || "report.html")) };
    case "detailed-summary":
      return { kind: "detailed summary" };
    case "list-untracked":
      return { kind: "list untracked" };
    case "list-rules":
      return { kind: "list rules", of: "all" };
    case "list-target-rules":
      return { kind: "list rules", of: "targets" };
    case "delete-all-output":
      return { kind: "delete", of: "all" };
    case "delete-temp-output":
      return { kind: "delete", of: "temporary" };
    default:
      return { kind: asked[0] };
  }
}
