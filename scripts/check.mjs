/**
 * What keeps a script from starting, as a message, or undefined when nothing does.
 * Plain JavaScript for any Node >= 18, like start.mjs, which asks it first.
 */

/** The oldest Node that runs TypeScript directly: [major, minor]. */
const neededNode = /** @type {const} */ ([22, 18]);

/**
 * @param {string} version the running Node's, like "20.11.1"
 * @param {boolean} installed whether the project's dependencies are there
 * @returns {string | undefined}
 */
export function startFault(version, installed) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < neededNode[0] || (major === neededNode[0] && minor < neededNode[1]))
    return [
      `Cannot start with Node ${version}: Braid needs Node >= ${neededNode.join(".")}`,
      "  On 64-bit x86 Linux the install brings it: run the script through pnpm (npx -y pnpm@12 ...).",
      "  Elsewhere install a newer Node from https://nodejs.org.",
    ].join("\n");
  if (!installed)
    return [
      "Cannot start: the dependencies are not installed",
      "  Run `npx -y pnpm@12 install` in the project's folder and read its error.",
    ].join("\n");
  return undefined;
}
