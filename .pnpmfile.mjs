/**
 * Gives TypeDoc its own TypeScript 6: it parses with the compiler's JavaScript API, which TypeScript 7 does not have.
 * TypeDoc names TypeScript as a peer, so `packageExtensions` of pnpm-workspace.yaml cannot do it.
 */
export const hooks = {
  /** @param {{ name?: string, dependencies?: Record<string, string>, peerDependencies?: Record<string, string> }} manifest */
  readPackage(manifest) {
    if (manifest.name !== "typedoc") return manifest;
    const { typescript: _, ...peerDependencies } = manifest.peerDependencies ?? {};
    return { ...manifest, peerDependencies, dependencies: { ...manifest.dependencies, typescript: "6.0.3" } };
  },
};
