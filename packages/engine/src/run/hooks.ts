/** The hooks of a workflow, which may throw as any code may. */
import { cannot, messageOf } from "../errors.ts";

/** Calls a hook. Throws an error that names it if it throws, or if nothing is left running that could end it. */
export async function calledHook(name: string, hook: () => void | Promise<void>): Promise<void> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  const idle = () => reject(cannot("run the hook", name, "it waits for what cannot come any more"));
  process.on("beforeExit", idle);
  try {
    await Promise.race([named(name, hook), stuck]);
  } finally {
    process.off("beforeExit", idle);
  }
}

async function named(name: string, hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    throw cannot("run the hook", name, "it failed", { facts: [["error", messageOf(error)]], cause: error });
  }
}
