/** The command `ui`: serves the live view of a working folder until Ctrl-C, whether something runs there or not. */
import { existsSync } from "node:fs";
import { cannot } from "../errors.ts";
import { importPages } from "./pages.ts";

/** `workflowFolder` is where braid-pages is looked for. */
export async function uiCommand(folder: string, workflowFolder: string): Promise<number> {
  if (!existsSync(folder))
    throw cannot("show", folder, "the folder does not exist", { hint: "-d names the working folder." });
  const { findLiveView, serveLiveView } = await importPages("live-view", workflowFolder, "ui");
  const there = await findLiveView(folder);
  if (there !== null) {
    process.stdout.write(`${there.url}\nIt is served already, by process ${there.pid}.\n`);
    return 0;
  }
  const view = await serveLiveView(folder);
  process.stdout.write(`${view.url}\nCtrl-C ends it; a run goes on without it.\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
  });
  await view.close();
  return 0;
}
