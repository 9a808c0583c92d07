/**
 * The process of a live view beside a run: serves the folder in its argument, and ends when nothing runs and nobody
 * has looked for ten minutes.
 */
import { lockHolder } from "braid-engine/inspect";
import { serveLiveView } from "./server.ts";

const patience = 600;
const [, , folder = "."] = process.argv;
const view = await serveLiveView(folder);
setInterval(() => {
  if (view.idle() > patience && lockHolder(folder) === null) process.exit(0);
}, 10_000);
