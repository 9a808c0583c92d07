/** Which TensorFlow.js this machine has: native with CUDA, native, or pure JavaScript; loaded only when asked for. */
import util from "node:util";
import { cannot } from "@braid/lstm/backend-kit";

export type TensorFlow = typeof import("@tensorflow/tfjs");

/** What loads a package by name; tests put their own in its place. */
export type Load = (name: string) => Promise<unknown>;

/** Best first. */
const packages = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs"] as const;

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  /** `@tensorflow/tfjs 4.22.0, cpu`. */
  readonly device: string;
  /** Why better ones were passed over. */
  readonly notes: readonly string[];
}

/** The first of the packages that loads and computes. Throws with what each one said when none does. */
export async function loadTensorFlow(
  load: Load = (name) => import(name) as Promise<unknown>,
): Promise<LoadedTensorFlow> {
  const notes: string[] = [];
  for (const name of packages)
    try {
      const module = (await load(name)) as TensorFlow & { readonly default?: TensorFlow };
      const tf = module.default ?? module;
      if (name.includes("-node")) mendUtil();
      if (name === "@tensorflow/tfjs") {
        // Without this its processor backend checks every number, and recommends another package on the console.
        tf.enableProdMode();
        await tf.setBackend("cpu");
      }
      await tf.ready();
      return { tf, device: `${name} ${tf.version.tfjs}, ${tf.getBackend()}`, notes };
    } catch (error) {
      notes.push(`${name}: ${reason((error as Error).message)}`);
    }
  throw cannot(
    'open the backend "tfjs"',
    "no TensorFlow.js loads here",
    ...notes,
    "Install the dependencies again.",
  );
}

/** tfjs-node 4.22 calls two functions that Node 23 has dropped, at its first operation. */
function mendUtil(): void {
  const functions = util as unknown as Record<string, (value: unknown) => boolean>;
  functions.isNullOrUndefined ??= (value) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}

function reason(message: string): string {
  if (/Cannot find (package|module)/.test(message)) return "not installed";
  if (message.includes("tfjs_binding.node"))
    return "its native part is not installed (pnpm run setup tfjs-gpu, where CUDA 11 is)";
  return message.split("\n").find((line) => line.trim() !== "") ?? "it does not load";
}
