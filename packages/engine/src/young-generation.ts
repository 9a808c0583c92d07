/**
 * How much room V8 has for what is new, before it copies what is still in use elsewhere: a matter of the process.
 *
 * Left alone it grows to 130 MB in a thread whose objects stay, and only copies them back and forth there.
 */
import { setFlagsFromString } from "node:v8";

/** For a thread whose objects stay, while what it gives back was not called; bodies, which make garbage, want more. */
export function limitYoungGeneration(): () => void {
  setFlagsFromString("--semi-space-growth-factor=1");
  return () => setFlagsFromString("--semi-space-growth-factor=2");
}

/** Threads that are started from now on have 8 MB for it at once, and need not grow for the garbage of bodies. */
export function enlargeYoungGenerationOfThreads(): void {
  setFlagsFromString("--min-semi-space-size=8");
}
