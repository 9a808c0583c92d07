/** The command `status`: the last run of a working folder, from any terminal. */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { lockHolder } from "../../disk/lock.ts";
import { realFiles } from "../../disk/real-files.ts";
import { cannot } from "../../errors.ts";
import { readStatus, statusText } from "../../report/status.ts";
import type { Options } from "../options.ts";
import { print } from "../print.ts";

export function statusCommand(folder: string, options: Options, name: string): number {
  if (!existsSync(folder)) throw cannot("show the status of", folder, "the folder does not exist");
  const holder = lockHolder(folder);
  const status = readStatus(realFiles(folder), holder);
  if (options.json) print(JSON.stringify(status));
  else if (holder !== null && status?.run.pid !== holder.pid)
    print(`A run has begun and is planning (process ${holder.pid} on ${holder.host}).`);
  else if (status === null) print(`Nothing has run in ${folder} yet. Use -d for another working folder.`);
  else print(statusText(status, name, (path) => relative(".", resolve(folder, path)), options.verbose));
  return 0;
}
