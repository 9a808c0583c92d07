/** Four float32 lanes and the few functions of them that the kernel is made of. */

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** a b + c: rounded once where relaxed SIMD has it as one instruction, else twice. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** The sum of the lanes. */
// @ts-ignore: decorator
@inline
export function sum(a: v128): f32 {
  return (
    f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + (f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3))
  );
}

/**
 * The constants of tanh: its end, then a minimax fit of its relative error on [0, 7.9]. They are loaded from
 * memory, one instruction each, because an engine builds a vector constant anew, in several, at every use.
 */
const constants: usize = memory.data<f32>(
  [
    -7.9, 7.9,
    1.153192440371925e-5, 2.960485386847316e-3, 0.12934430884557258, 0.9999998702044741,
    2.492566528086027e-7, 2.4001349138191248e-4, 2.3854138192531245e-2, 0.4626765794562025, 1,
  ],
  16,
);

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load32_splat(constants + (i << 2));
}

/** tanh x = x P(x^2) / Q(x^2), within 5e-7 of true and never beyond +-1. */
// @ts-ignore: decorator
@inline
export function tanh(z: v128): v128 {
  // In this order of arguments a NaN goes through.
  const x = f32x4.pmin(f32x4.pmax(z, constant(0)), constant(1));
  const s = f32x4.mul(x, x);
  let p = fma(s, constant(2), constant(3));
  p = fma(s, p, constant(4));
  p = fma(s, p, constant(5));
  let q = fma(s, constant(6), constant(7));
  q = fma(s, q, constant(8));
  q = fma(s, q, constant(9));
  q = fma(s, q, constant(10));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** The logistic function: 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2. */
// @ts-ignore: decorator
@inline
export function sigmoid(z: v128): v128 {
  return fma(tanh(f32x4.mul(z, splat(0.5))), splat(0.5), splat(0.5));
}
