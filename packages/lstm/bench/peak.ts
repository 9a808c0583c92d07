/** The most that one thread multiplies and adds: twelve independent chains of 128-bit fused multiply-adds. */
import { type Binary, webAssembly } from "../src/backends/wasm/binaries.ts";

const chains = Array.from({ length: 12 }, (_, i) => i);
/** A turn is short, that the best of many is not cut into by what else the machine does. */
const rounds = 100_000;

/** The same sum in both binaries: relaxed fuses, baseline multiplies and adds. */
const source = (binary: Binary) => `
export function run(count: i32, a: f32, b: f32): f32 {
  const scale = f32x4.splat(a);
  const more = f32x4.splat(b);
${chains.map((i) => `  let a${i} = f32x4.splat(<f32>${i});`).join("\n")}
  for (let n = 0; n < count; n++) {
${chains
  .map((i) =>
    binary === "relaxed"
      ? `    a${i} = f32x4.relaxed_madd(a${i}, scale, more);`
      : `    a${i} = f32x4.add(f32x4.mul(a${i}, scale), more);`,
  )
  .join("\n")}
  }
  let sum = a0;
${chains.map((i) => `  sum = f32x4.add(sum, a${i});`).join("\n")}
  return f32x4.extract_lane(sum, 0);
}`;

/** Runs the chains once and says at how many GFLOP/s. */
export type Chains = () => number;

/** The chains, compiled for this kind of SIMD: a multiplication and an addition per lane are counted. */
export async function chainsOf(binary: Binary): Promise<Chains> {
  const asc = await import("assemblyscript/asc" as string);
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(
    ["peak.ts", "--outFile", "peak.wasm", "-O3", "--runtime", "stub", "--enable", "simd,relaxed-simd"],
    {
      readFile: (name: string) => (name === "peak.ts" ? source(binary) : null),
      writeFile: (_name: string, contents: Uint8Array<ArrayBuffer>) => {
        bytes = contents;
      },
    },
  );
  if (error !== null || bytes === undefined) throw new Error(`Cannot compile the peak: ${error}\n${stderr}`);
  const { instance } = await webAssembly.instantiate(bytes, { env: { abort() {} } });
  const { run } = instance.exports as { run(count: number, scale: number, more: number): number };
  return () => {
    const start = performance.now();
    // As arguments: constants would be made anew for each use.
    run(rounds, 0.999, 0.001);
    return (rounds * chains.length * 4 * 2) / (performance.now() - start) / 1e6;
  };
}

/** The most GFLOP/s of one thread through this kind of SIMD. */
export async function measurePeak(binary: Binary): Promise<number> {
  const run = await chainsOf(binary);
  let best = 0;
  // The engine takes its time to optimize: the first turns are slow.
  for (const end = performance.now() + 1500; performance.now() < end; ) best = Math.max(best, run());
  return best;
}
