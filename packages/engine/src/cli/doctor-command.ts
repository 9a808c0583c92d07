/** The command `doctor`: what a run depends on, checked on this machine and in the working folder. */
import { alignFacts } from "../errors.ts";
import { type Check, checks } from "./checks.ts";
import type { Options } from "./options.ts";

/** Exit code 1 if something would prevent a run. */
export function doctorCommand(folder: string, _options: Options): number {
  const found = checks(folder);
  const mark: Record<Check["state"], string> = { good: "ok", missing: "--", bad: "!!" };
  const text = alignFacts(found.map(({ state, name, text }) => [`${mark[state]}  ${name}`, text] as const));
  const bad = found.filter((check) => check.state === "bad");
  const end =
    bad.length === 0
      ? "All is well."
      : `${bad.map((check) => check.name).join(", ")}: see the lines with !! above.`;
  process.stdout.write(`${text}\n\n${end}\n`);
  return bad.length === 0 ? 0 : 1;
}
