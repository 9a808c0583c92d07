/**
 * The program that starts Node as this process was started. On a system whose glibc is older than Node needs it is
 * started through another loader, which is what `process.execPath` then names: the starter says in BRAID_NODE what
 * to call instead.
 */
export function nodeProgram(): string {
  return process.env.BRAID_NODE ?? process.execPath;
}
