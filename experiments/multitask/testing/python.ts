/** For tests: a Python that has some modules, if this machine has one. */
import { spawnSync } from "node:child_process";

/** The first Python that imports them all: the one on the path, else the system's, where Debian's packages are. */
export function pythonWith(...modules: readonly string[]): string | null {
  const script = `import ${modules.join(", ")}`;
  return (
    ["python3", "/usr/bin/python3"].find((python) => spawnSync(python, ["-c", script]).status === 0) ?? null
  );
}
