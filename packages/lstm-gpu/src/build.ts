/**
 * Compiles lstm.cl to the committed PTX files: `pnpm --filter @braid/lstm-gpu build:ptx`. It needs nvcc and
 * ptxas of a CUDA toolkit, of version 13.0 for the same bytes; build.test.ts checks both where they are.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cannot } from "@braid/lstm/backend-kit";
import { builds } from "./layout.ts";
import { oldestCompute, ptxUrl, ptxVersion } from "./ptx.ts";

const source = fileURLToPath(new URL("lstm.cl", import.meta.url));

/** Architectures that ptxas translates each file for, to see that it can: Turing to Blackwell. */
export const architectures = ["sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120"] as const;

/** Where a tool of the CUDA toolkit is, or null. */
export function toolkit(tool: "nvcc" | "ptxas"): string | null {
  const folders = (process.env.PATH ?? "").split(":").concat("/usr/local/cuda/bin");
  return folders.map((folder) => join(folder, tool)).find((path) => existsSync(path)) ?? null;
}

/** The version of nvcc, `13.0`, or null. */
export function toolkitVersion(): string | null {
  const nvcc = toolkit("nvcc");
  if (nvcc === null) return null;
  return /release ([\d.]+)/.exec(execFileSync(nvcc, ["--version"], { encoding: "utf8" }))?.[1] ?? null;
}

/** The PTX of the build for H units. */
export async function compilePtx(hidden: number): Promise<string> {
  const nvcc = toolkit("nvcc");
  if (nvcc === null) throw cannot("compile the GPU kernel", "there is no nvcc", "Install a CUDA toolkit.");
  const folder = await mkdtemp(join(tmpdir(), "braid-ptx-"));
  try {
    const output = join(folder, "lstm.ptx");
    const arch = `-arch=compute_${oldestCompute}`;
    execFileSync(nvcc, ["-x", "cu", "-ptx", arch, `-DH=${hidden}`, "-o", output, source], { stdio: "pipe" });
    const text = await readFile(output, "utf8");
    return `${await heading(hidden)}\n${text.replace(/^\.version .*$/m, `.version ${ptxVersion}`)}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The first line of a file: which source it was made of. */
export async function heading(hidden: number): Promise<string> {
  return `// lstm.cl ${createHash("sha256")
    .update(await readFile(source))
    .digest("hex")} -DH=${hidden}`;
}

/** What ptxas says of a file for one architecture: the most registers and the bytes spilled of any kernel. */
export function assemble(file: string, architecture: string): { registers: number; spilled: number } {
  const ptxas = toolkit("ptxas");
  if (ptxas === null) throw cannot("check the PTX", "there is no ptxas", "Install a CUDA toolkit.");
  const args = ["-v", `-arch=${architecture}`, "-o", "/dev/null", file];
  const said = execFileSync("sh", ["-c", `exec "$0" "$@" 2>&1`, ptxas, ...args], { encoding: "utf8" });
  const most = (pattern: RegExp) =>
    Math.max(0, ...Array.from(said.matchAll(pattern), ([, value]) => Number(value)));
  return { registers: most(/Used (\d+) registers/g), spilled: most(/(\d+) bytes spill stores/g) };
}

if (import.meta.main) {
  await mkdir(new URL("ptx/", import.meta.url), { recursive: true });
  for (const hidden of builds) {
    const file = fileURLToPath(ptxUrl(hidden));
    await writeFile(file, await compilePtx(hidden));
    const found = architectures.map((architecture) => {
      const { registers, spilled } = assemble(file, architecture);
      return `${architecture} ${registers}${spilled > 0 ? `, ${spilled} bytes spilled` : ""}`;
    });
    console.log(`H=${hidden}: registers on ${found.join("; ")}`);
  }
}
