/** Finds outputs, as far as the rules show them, that are two files on some disks and one file on others. */
import { findNonFile } from "./function-results.ts";
import type { Rules } from "./rule.ts";
import { listFiles } from "./ruleset.ts";

/** A warning for each output whose path differs from another's only in case or Unicode form. */
export function similarOutputs(rules: Rules): string[] {
  const known = new Map<string, { readonly path: string; readonly rule: string }>();
  const warnings: string[] = [];
  for (const [rule, spec] of Object.entries(rules)) {
    // Values that are not rules are refused elsewhere.
    if (findNonFile(spec?.output) !== null) continue;
    for (const file of listFiles(spec.output)) {
      const pattern = typeof file === "object" && file.kind === "expanded" ? "" : String(file);
      // The names of wildcards do not matter for the paths.
      const path = pattern.replace(/\{[^{}]*\}/g, "{}");
      const folded = path.normalize("NFC").toLowerCase();
      const other = known.get(folded);
      if (other === undefined) known.set(folded, { path, rule });
      else if (other.path !== path)
        warnings.push(
          `The outputs "${other.path}" of ${other.rule} and "${path}" of ${rule} differ only in ` +
            (other.path.normalize("NFC") === path.normalize("NFC")
              ? "the Unicode form of their letters: on file systems that do not distinguish these (macOS) they are one file."
              : "upper and lower case: on file systems that ignore case (macOS, Windows) they are one file."),
        );
    }
  }
  return warnings;
}
