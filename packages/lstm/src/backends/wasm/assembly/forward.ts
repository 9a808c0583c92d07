/** The way forward: gates, cells and states of every row, then the heads. */
import * as at from "./layout";
import { fma, sigmoid, splat, sum, tanh } from "./simd";

/** One quad of one row from its sums z: c' = f c + i g, h' = o tanh c'; all of it is kept for the way back. */
// @ts-ignore: decorator
@inline
function unit(zi: v128, zf: v128, zg: v128, zo: v128, gate: usize, before: usize, tanhCell: usize, state: usize): void {
  const i = sigmoid(zi);
  const f = sigmoid(zf);
  const g = tanh(zg);
  const o = sigmoid(zo);
  const c = fma(f, v128.load(before), f32x4.mul(i, g));
  const t = tanh(c);
  v128.store(gate, i);
  v128.store(gate, f, 16);
  v128.store(gate, g, 32);
  v128.store(gate, o, 48);
  v128.store(before + at.cellStride * <usize>at.sequences, c);
  v128.store(tanhCell, t);
  v128.store(state, f32x4.mul(o, t));
}

/** z = W [h, x] + b of one quad in two rows: the eight sums stay in registers until they are gates. */
function twoRows(input: usize, quad: usize, gate: usize, before: usize, tanhCell: usize, state: usize): void {
  const other = at.inputStride;
  const end = input + (<usize>at.bias << 2);
  const b = quad + (<usize>at.bias << 6);
  let i0 = v128.load(b);
  let f0 = v128.load(b, 16);
  let g0 = v128.load(b, 32);
  let o0 = v128.load(b, 48);
  let i1 = i0;
  let f1 = f0;
  let g1 = g0;
  let o1 = o0;
  let w = quad;
  for (let x = input; x < end; x += 4) {
    const x0 = v128.load32_splat(x);
    const x1 = v128.load32_splat(x + other);
    const wi = v128.load(w);
    i0 = fma(wi, x0, i0);
    i1 = fma(wi, x1, i1);
    const wf = v128.load(w, 16);
    f0 = fma(wf, x0, f0);
    f1 = fma(wf, x1, f1);
    const wg = v128.load(w, 32);
    g0 = fma(wg, x0, g0);
    g1 = fma(wg, x1, g1);
    const wo = v128.load(w, 48);
    o0 = fma(wo, x0, o0);
    o1 = fma(wo, x1, o1);
    w += 64;
  }
  unit(i0, f0, g0, o0, gate, before, tanhCell, state);
  unit(i1, f1, g1, o1, gate + at.gateStride, before + at.cellStride, tanhCell + at.cellStride, state + other);
}

/** The same of two quads in one row: four sums alone would wait for one another. */
function twoQuads(input: usize, quad: usize, gate: usize, before: usize, tanhCell: usize, state: usize): void {
  const other = <usize>at.columns << 6;
  const end = input + (<usize>at.bias << 2);
  const b = quad + (<usize>at.bias << 6);
  let i0 = v128.load(b);
  let f0 = v128.load(b, 16);
  let g0 = v128.load(b, 32);
  let o0 = v128.load(b, 48);
  let i1 = v128.load(b + other);
  let f1 = v128.load(b + other, 16);
  let g1 = v128.load(b + other, 32);
  let o1 = v128.load(b + other, 48);
  let w = quad;
  for (let x = input; x < end; x += 4) {
    const x0 = v128.load32_splat(x);
    const v = w + other;
    i0 = fma(v128.load(w), x0, i0);
    f0 = fma(v128.load(w, 16), x0, f0);
    g0 = fma(v128.load(w, 32), x0, g0);
    o0 = fma(v128.load(w, 48), x0, o0);
    i1 = fma(v128.load(v), x0, i1);
    f1 = fma(v128.load(v, 16), x0, f1);
    g1 = fma(v128.load(v, 32), x0, g1);
    o1 = fma(v128.load(v, 48), x0, o1);
    w += 64;
  }
  unit(i0, f0, g0, o0, gate, before, tanhCell, state);
  unit(i1, f1, g1, o1, gate + 64, before + 16, tanhCell + 16, state + 16);
}

/** The same of one quad in one row. */
function oneQuad(input: usize, quad: usize, gate: usize, before: usize, tanhCell: usize, state: usize): void {
  const end = input + (<usize>at.bias << 2);
  const b = quad + (<usize>at.bias << 6);
  let i = v128.load(b);
  let f = v128.load(b, 16);
  let g = v128.load(b, 32);
  let o = v128.load(b, 48);
  let w = quad;
  for (let x = input; x < end; x += 4) {
    const x0 = v128.load32_splat(x);
    i = fma(v128.load(w), x0, i);
    f = fma(v128.load(w, 16), x0, f);
    g = fma(v128.load(w, 32), x0, g);
    o = fma(v128.load(w, 48), x0, o);
    w += 64;
  }
  unit(i, f, g, o, gate, before, tanhCell, state);
}

/** Runs the layer over all steps, from state zero: sequences two by two, the last of an odd number alone. */
export function layer(): void {
  const quadBytes = <usize>at.columns << 6;
  let input = at.inputs;
  let state = at.inputs + at.inputStride * <usize>at.sequences;
  let gate = at.gates;
  let cell = at.cells;
  let tanhCell = at.tanhCells;
  for (let t = 0; t < at.steps; t++) {
    for (let b = 0; b < at.sequences; ) {
      const pair = b + 2 <= at.sequences;
      let w = at.parameters;
      let n = 0;
      while (n < at.quads) {
        const q = <usize>n << 4;
        const g = gate + (q << 2);
        if (pair) {
          twoRows(input, w, g, cell + q, tanhCell + q, state + q);
          n += 1;
          w += quadBytes;
        } else if (n + 2 <= at.quads) {
          twoQuads(input, w, g, cell + q, tanhCell + q, state + q);
          n += 2;
          w += 2 * quadBytes;
        } else {
          oneQuad(input, w, g, cell + q, tanhCell + q, state + q);
          n += 1;
        }
      }
      const done: usize = pair ? 2 : 1;
      b += <i32>done;
      input += done * at.inputStride;
      state += done * at.inputStride;
      gate += done * at.gateStride;
      cell += done * at.cellStride;
      tanhCell += done * at.cellStride;
    }
  }
}

/** With dropout, what the heads see of the states: after `layer`, before `predict`. */
export function drop(): void {
  let state = at.inputs + at.inputStride * <usize>at.sequences;
  const end = at.outputs + at.cellStride * <usize>at.rows;
  let factor = at.factors;
  for (let to = at.outputs; to < end; to += at.cellStride) {
    for (let q: usize = 0; q < at.cellStride; q += 16)
      v128.store(to + q, f32x4.mul(v128.load(state + q), v128.load(factor + q)));
    state += at.inputStride;
    factor += at.cellStride;
  }
}

/** yhat = W h + b of every row and output, into the planes of `errors`. */
export function predict(): void {
  for (let v: usize = 0; v < <usize>at.outputCount; v++) {
    const head = at.parameters + at.heads + v * at.cellStride;
    const bias = v128.load32_splat(at.parameters + at.headBiases + (v << 2));
    const from = at.errors + v * at.plane;
    let state = at.outputs;
    for (let to = from; to < from + at.plane; to += 16) {
      let a = splat(0);
      let b = splat(0);
      let c = splat(0);
      let d = splat(0);
      for (let q: usize = 0; q < at.cellStride; q += 16) {
        const w = v128.load(head + q);
        a = fma(w, v128.load(state + q), a);
        b = fma(w, v128.load(state + q + at.outputStride), b);
        c = fma(w, v128.load(state + q + 2 * at.outputStride), c);
        d = fma(w, v128.load(state + q + 3 * at.outputStride), d);
      }
      state += 4 * at.outputStride;
      // The sums of four rows across their lanes at once, as in a transposition.
      const ab = f32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7));
      const cd = f32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7));
      const total = f32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
      v128.store(to, f32x4.add(total, bias));
    }
  }
}

/** Turns the predictions of output v into errors w (yhat - y) and returns Q_v, the sum of w (yhat - y)^2. */
export function loss(v: i32): f32 {
  const from = at.plane * <usize>v;
  let q = splat(0);
  for (let i = from; i < from + at.plane; i += 16) {
    const difference = f32x4.sub(v128.load(at.errors + i), v128.load(at.targets + i));
    const error = f32x4.mul(difference, v128.load(at.weights + i));
    v128.store(at.errors + i, error);
    q = fma(error, difference, q);
  }
  return sum(q);
}
