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
 * The constants of tanh: its end, then a minimax fit of its relative error on [0, 7.9]; those of tanh(z / 2) / 2,
 * the same numbers times powers of 2; 0.5. They are loaded from memory, one instruction each, because an engine
 * builds a vector constant anew, in several, at every use.
 */
const constants: usize = memory.data<f32>(
  [
    -7.9, 7.9,
    1.153192440371925e-5, 2.960485386847316e-3, 0.12934430884557258, 0.9999998702044741,
    2.492566528086027e-7, 2.4001349138191248e-4, 2.3854138192531245e-2, 0.4626765794562025, 1,
    -15.8, 15.8,
    4.504657970202832e-8, 4.625758416948931e-5, 8.084019302848286e-3, 0.24999996755111853,
    9.736588000336044e-10, 3.7502108028423824e-6, 1.4908836370332028e-3, 0.11566914486405062, 1,
    0.5,
  ],
  16,
);

/** The floats from which on `constants` are those of tanh, of its half, and where 0.5 is. */
const whole: usize = 0;
const halved: usize = 11;
const half: usize = 22;

// @ts-ignore: decorator
@inline
function constant(i: usize): v128 {
  return v128.load32_splat(constants + (i << 2));
}

/** x P(x^2) / Q(x^2) with the constants from `from` on, x held within its ends. */
// @ts-ignore: decorator
@inline
function rational(z: v128, from: usize): v128 {
  // In this order of arguments a NaN goes through.
  const x = f32x4.pmin(f32x4.pmax(z, constant(from)), constant(from + 1));
  const s = f32x4.mul(x, x);
  let p = fma(s, constant(from + 2), constant(from + 3));
  p = fma(s, p, constant(from + 4));
  p = fma(s, p, constant(from + 5));
  let q = fma(s, constant(from + 6), constant(from + 7));
  q = fma(s, q, constant(from + 8));
  q = fma(s, q, constant(from + 9));
  q = fma(s, q, constant(from + 10));
  return f32x4.div(f32x4.mul(x, p), q);
}

/** tanh z, within 5e-7 of true and never beyond +-1. */
// @ts-ignore: decorator
@inline
export function tanh(z: v128): v128 {
  return rational(z, whole);
}

/** The logistic function: 1 / (1 + exp(-z)) = tanh(z / 2) / 2 + 1 / 2. */
// @ts-ignore: decorator
@inline
export function sigmoid(z: v128): v128 {
  return f32x4.add(rational(z, halved), constant(half));
}
