/** The hooks of a workflow, which may throw as any code may. */
import { cannot, messageOf } from "./errors.ts";

/** Calls a hook; throws an error that names it where it does. */
export async function calledHook(name: string, hook: () => void | Promise<void>): Promise<void> {
  try {
    await hook();
  } catch (error) {
    throw cannot("run the hook", name, "it failed", { facts: [["error", messageOf(error)]], cause: error });
  }
}
