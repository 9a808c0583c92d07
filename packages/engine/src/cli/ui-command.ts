/** The command `ui`: serves the live view of a working folder until Ctrl-C, whether something runs there or not. */
import { existsSync } from "node:fs";
import { cannot } from "../errors.ts";

export async function uiCommand(folder: string): Promise<number> {
  if (!existsSync(folder))
    throw cannot("show", folder, "the folder does not exist", { hint: "-d names the working folder." });
  // Loaded only here: no other command serves anything.
  const { answers, readAddress, urlOf } = await import("../ui/address.ts");
  const there = readAddress(folder);
  if (there !== null && (await answers(there))) {
    process.stdout.write(`${urlOf(there)}\nIt is served already, by process ${there.pid}.\n`);
    return 0;
  }
  const { serveLiveView } = await import("../ui/server.ts");
  const view = await serveLiveView(folder);
  process.stdout.write(`${urlOf(view.address)}\nCtrl-C ends it; a run goes on without it.\n`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
  });
  await view.close();
  return 0;
}
