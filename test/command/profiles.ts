/** The profiles that come with the project, as tests use them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/command.ts";

/** A profile of the executor `command` whose queue is looked at often; returns its path, in `folder`. */
export function hurried(name: string, folder: string): string {
  const pace = "command:\n  poll: 0.1\n  status_every: 0.5\n  latency: 0.5\n  submitRate: 50\n";
  const path = join(folder, `${name}.yml`);
  writeFileSync(path, readFileSync(join(root, `profiles/${name}.yml`), "utf8").replace(/^command:\n/m, pace));
  return path;
}
