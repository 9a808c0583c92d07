/** Paths without what only lengthens them: `a/b` for `./a//b`, `a/./b`, `a/b/.` and `a/b/`. */

/** `..` stays: after a link, it leads elsewhere. */
export function plainPath(path: string): string {
  // Nearly all paths are plain, and this is asked of each of them.
  if (!path.includes("./") && !path.includes("//") && !/[/.]$/.test(path)) return path;
  const plain = path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  if (path.startsWith("/")) return `/${plain}`;
  return plain === "" && path !== "" ? "." : plain;
}
