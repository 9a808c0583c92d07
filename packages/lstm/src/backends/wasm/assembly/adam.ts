/**
 * Adam (Kingma and Ba, 2015): p -= rate mhat / (sqrt(vhat) + epsilon), over all parameters in place.
 * Its numbers are those of ../../../kernel.ts.
 */
import * as at from "./layout";
import { fma, splat } from "./simd";

/** One step; the corrections are 1 - beta^count of the first and the second moment. */
export function adam(rate: f32, firstCorrection: f32, secondCorrection: f32): void {
  const step = splat(rate / firstCorrection);
  const scale = splat(1 / secondCorrection);
  for (let i: usize = 0; i < at.parameterBytes; i += 16) {
    const g = v128.load(at.gradient + i);
    const m = fma(splat(0.9), v128.load(at.firstMoments + i), f32x4.mul(splat(0.1), g));
    const v = fma(splat(0.999), v128.load(at.secondMoments + i), f32x4.mul(splat(0.001), f32x4.mul(g, g)));
    v128.store(at.firstMoments + i, m);
    v128.store(at.secondMoments + i, v);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, scale)), splat(1e-7));
    v128.store(at.parameters + i, f32x4.sub(v128.load(at.parameters + i), f32x4.div(f32x4.mul(step, m), root)));
  }
}
