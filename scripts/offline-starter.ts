/**
 * `offline/node` of the offline archive: Node for any 64-bit Linux. On a system whose glibc is older than Node needs
 * (2.28) it runs with the libraries of the machine that packed, which lie beside it.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Child processes learn by BRAID_NODE how Node is started there; BRAID_OWN_GLIBC=1 takes that way on any system. */
const starter = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd -P)
node=$here/../node_modules/.bin/node
if [ -z "$BRAID_OWN_GLIBC" ] && "$node" --version >/dev/null 2>&1; then exec "$node" "$@"; fi
export BRAID_NODE="$here/node"
exec "$here/lib/ld-linux-x86-64.so.2" --library-path "$here/lib" "$node" "$@"
`;

/** Makes `offline/` in a folder: the starter, and what `node` is linked with here. @throws where that cannot be told. */
export function makeStarter(folder: string, node: string): void {
  const lib = join(folder, "offline/lib");
  mkdirSync(lib, { recursive: true });
  const { status, stdout, stderr } = spawnSync("ldd", [node], { encoding: "utf8" });
  if (status !== 0) throw new Error(`Cannot pack: ldd does not tell what Node is linked with: ${stderr}`);
  for (const [, path] of stdout.matchAll(/(\/\S+) \(0x/g)) copyFileSync(path!, join(lib, basename(path!)));
  chmodSync(join(lib, "ld-linux-x86-64.so.2"), 0o755);
  writeFileSync(join(folder, "offline/node"), starter, { mode: 0o755 });
}
