/** The way back: the gradient of every parameter from the errors of the heads. */
import * as at from "./layout";
import { fma, splat, sum } from "./simd";

/** Rows whose gates and inputs stay in the nearest cache between the way back and their products. */
const nearRows = 64;

/** Quads whose dState is summed in registers at once, from quad n on: at most 5, in even blocks. */
function blockQuads(n: i32): i32 {
  const blocks = (at.quads + 4) / 5;
  const size = at.quads / blocks;
  const larger = at.quads % blocks;
  return n < larger * (size + 1) ? size + 1 : size;
}

/** Copies the recurrent kernel and the heads times their terms block by block: [16N gates, then V heads][quads][4]. */
function pack(): void {
  let to = at.packed;
  for (let n = 0; n < at.quads; ) {
    const width = blockQuads(n);
    for (let quad = 0; quad < at.quads; quad++) {
      for (let r = 0; r < 16; r++) {
        const from = at.parameters + (<usize>(quad * at.columns + 4 * n) << 6) + (<usize>r << 2);
        for (let u = 0; u < 4 * width; u++) {
          store<f32>(to, load<f32>(from + (<usize>u << 6)));
          to += 4;
        }
      }
    }
    for (let v: usize = 0; v < <usize>at.outputCount; v++) {
      const term = v128.load32_splat(at.terms + (v << 2));
      const from = at.parameters + at.heads + v * at.cellStride + (<usize>n << 4);
      for (let q: usize = 0; q < <usize>width << 4; q += 16) {
        v128.store(to, f32x4.mul(term, v128.load(from + q)));
        to += 16;
      }
    }
    n += width;
  }
}

/**
 * dState of one block of quads in one row or two: the sum over the gates of the step after (none at the last
 * step), then over the heads. `width` and `pair` are constants where this is called.
 */
// @ts-ignore: decorator
@inline
function block(width: i32, pair: bool, gate: usize, gates: i32, error: usize, packed: usize, to: usize): void {
  let a0 = splat(0);
  let a1 = splat(0);
  let a2 = splat(0);
  let a3 = splat(0);
  let a4 = splat(0);
  let b0 = splat(0);
  let b1 = splat(0);
  let b2 = splat(0);
  let b3 = splat(0);
  let b4 = splat(0);
  let w = packed + (<usize>((16 * at.quads - gates) * width) << 4);
  let d = gate;
  let count = gates;
  let next: usize = 4;
  let other = at.gateStride;
  for (let part = 0; part < 2; part++) {
    for (; count > 0; count--) {
      const da = v128.load32_splat(d);
      const db = pair ? v128.load32_splat(d + other) : da;
      const w0 = v128.load(w);
      a0 = fma(w0, da, a0);
      if (pair) b0 = fma(w0, db, b0);
      if (width > 1) {
        const w1 = v128.load(w, 16);
        a1 = fma(w1, da, a1);
        if (pair) b1 = fma(w1, db, b1);
      }
      if (width > 2) {
        const w2 = v128.load(w, 32);
        a2 = fma(w2, da, a2);
        if (pair) b2 = fma(w2, db, b2);
      }
      if (width > 3) {
        const w3 = v128.load(w, 48);
        a3 = fma(w3, da, a3);
        if (pair) b3 = fma(w3, db, b3);
      }
      if (width > 4) {
        const w4 = v128.load(w, 64);
        a4 = fma(w4, da, a4);
        if (pair) b4 = fma(w4, db, b4);
      }
      w += width << 4;
      d += next;
    }
    d = error;
    // Dropout lies between the state and the heads: droppedGradients adds their part.
    count = at.dropout ? 0 : at.outputCount;
    next = at.plane;
    other = 4;
  }
  v128.store(to, a0);
  if (width > 1) v128.store(to, a1, 16);
  if (width > 2) v128.store(to, a2, 32);
  if (width > 3) v128.store(to, a3, 48);
  if (width > 4) v128.store(to, a4, 64);
  if (!pair) return;
  const second = to + at.cellStride;
  v128.store(second, b0);
  if (width > 1) v128.store(second, b1, 16);
  if (width > 2) v128.store(second, b2, 32);
  if (width > 3) v128.store(second, b3, 48);
  if (width > 4) v128.store(second, b4, 64);
}

/** `block` for all sequences of a step. */
// @ts-ignore: decorator
@inline
function blockOfStep(width: i32, gate: usize, gates: i32, error: usize, packed: usize, to: usize): void {
  let b = 0;
  for (; b + 2 <= at.sequences; b += 2) {
    block(width, true, gate, gates, error, packed, to);
    gate += 2 * at.gateStride;
    error += 8;
    to += 2 * at.cellStride;
  }
  if (b < at.sequences) block(width, false, gate, gates, error, packed, to);
}

/** dState of all rows of step t. */
export function stateGradients(t: i32): void {
  const gates = t + 1 < at.steps ? 16 * at.quads : 0;
  const gate = at.gates + <usize>((t + 1) * at.sequences) * at.gateStride;
  const error = at.errors + (<usize>(t * at.sequences) << 2);
  let packed = at.packed;
  let to = at.stateGradients;
  for (let n = 0; n < at.quads; ) {
    const width = blockQuads(n);
    if (width == 5) blockOfStep(5, gate, gates, error, packed, to);
    else if (width == 4) blockOfStep(4, gate, gates, error, packed, to);
    else if (width == 3) blockOfStep(3, gate, gates, error, packed, to);
    else if (width == 2) blockOfStep(2, gate, gates, error, packed, to);
    else blockOfStep(1, gate, gates, error, packed, to);
    packed += <usize>((16 * at.quads + at.outputCount) * width) << 4;
    to += <usize>width << 4;
    n += width;
  }
}

/** With dropout, the heads' part of dState of all rows of step t. */
function droppedGradients(t: i32): void {
  for (let b = 0; b < at.sequences; b++) {
    const row = <usize>(t * at.sequences + b);
    const to = at.stateGradients + <usize>b * at.cellStride;
    const factor = at.factors + row * at.cellStride;
    for (let q: usize = 0; q < at.cellStride; q += 16) {
      let sum = splat(0);
      for (let v: usize = 0; v < <usize>at.outputCount; v++) {
        const error = load<f32>(at.errors + v * at.plane + (row << 2)) * load<f32>(at.terms + (v << 2));
        sum = fma(splat(error), v128.load(at.parameters + at.heads + v * at.cellStride + q), sum);
      }
      v128.store(to + q, fma(sum, v128.load(factor + q), v128.load(to + q)));
    }
  }
}

/** The gradients of the gates' sums in all rows of step t, over the gates themselves; dCell for the step before. */
export function gateGradients(t: i32): void {
  const one = splat(1);
  const row = <usize>(t * at.sequences);
  const before = at.cells + row * at.cellStride;
  const tanhCells = at.tanhCells + row * at.cellStride;
  const end = at.cellStride * <usize>at.sequences;
  let gate = at.gates + row * at.gateStride;
  for (let q: usize = 0; q < end; q += 16) {
    const i = v128.load(gate);
    const f = v128.load(gate, 16);
    const g = v128.load(gate, 32);
    const o = v128.load(gate, 48);
    const tanhCell = v128.load(tanhCells + q);
    const dStateO = f32x4.mul(v128.load(at.stateGradients + q), o);
    // dc += dh o (1 - tanh^2 c)
    const slope = f32x4.sub(one, f32x4.mul(tanhCell, tanhCell));
    const dCell = fma(dStateO, slope, v128.load(at.cellGradients + q));
    const dCellF = f32x4.mul(dCell, f);
    const dCellI = f32x4.mul(dCell, i);
    v128.store(at.cellGradients + q, dCellF);
    // The slopes of the activations: s (1 - s) and 1 - tanh^2.
    v128.store(gate, f32x4.mul(f32x4.mul(dCellI, g), f32x4.sub(one, i)));
    v128.store(gate, f32x4.mul(f32x4.mul(dCellF, v128.load(before + q)), f32x4.sub(one, f)), 16);
    v128.store(gate, f32x4.mul(dCellI, f32x4.sub(one, f32x4.mul(g, g))), 32);
    v128.store(gate, f32x4.mul(f32x4.mul(dStateO, tanhCell), f32x4.sub(one, o)), 48);
    gate += 64;
  }
}

/** Adds [h, x, 1]^T dz of some rows to the kernel's gradient: four gates times two columns stay in registers. */
export function kernelGradient(fromRow: i32, toRow: i32): void {
  const inputStride = at.inputStride;
  const gateStride = at.gateStride;
  const input = at.inputs + <usize>fromRow * inputStride;
  const gate = at.gates + <usize>fromRow * gateStride;
  const end = at.gates + <usize>toRow * gateStride;
  let to = at.gradient;
  for (let n: usize = 0; n < <usize>at.quads; n++) {
    for (let column: usize = 0; column < <usize>at.columns; column += 2) {
      let i0 = splat(0);
      let f0 = splat(0);
      let g0 = splat(0);
      let o0 = splat(0);
      let i1 = splat(0);
      let f1 = splat(0);
      let g1 = splat(0);
      let o1 = splat(0);
      let x = input + (column << 2);
      for (let d = gate + (n << 6); d < end; d += gateStride) {
        const x0 = v128.load32_splat(x);
        const x1 = v128.load32_splat(x, 4);
        const di = v128.load(d);
        i0 = fma(di, x0, i0);
        i1 = fma(di, x1, i1);
        const df = v128.load(d, 16);
        f0 = fma(df, x0, f0);
        f1 = fma(df, x1, f1);
        const dg = v128.load(d, 32);
        g0 = fma(dg, x0, g0);
        g1 = fma(dg, x1, g1);
        const dO = v128.load(d, 48);
        o0 = fma(dO, x0, o0);
        o1 = fma(dO, x1, o1);
        x += inputStride;
      }
      // Sums of few rows are added, not one long sum: less rounding.
      v128.store(to, f32x4.add(v128.load(to), i0));
      v128.store(to, f32x4.add(v128.load(to, 16), f0), 16);
      v128.store(to, f32x4.add(v128.load(to, 32), g0), 32);
      v128.store(to, f32x4.add(v128.load(to, 48), o0), 48);
      v128.store(to, f32x4.add(v128.load(to, 64), i1), 64);
      v128.store(to, f32x4.add(v128.load(to, 80), f1), 80);
      v128.store(to, f32x4.add(v128.load(to, 96), g1), 96);
      v128.store(to, f32x4.add(v128.load(to, 112), o1), 112);
      to += 128;
    }
  }
}

/** The gradient of the heads' own kernels and biases. */
function headGradients(): void {
  for (let v: usize = 0; v < <usize>at.outputCount; v++) {
    const term = load<f32>(at.terms + (<usize>at.outputCount << 2) + (v << 2));
    const error = at.errors + v * at.plane;
    const end = error + at.plane;
    const to = at.gradient + at.heads + v * at.cellStride;
    for (let q: usize = 0; q < at.cellStride; q += 16) {
      let a = splat(0);
      let b = splat(0);
      let state = at.outputs + q;
      for (let e = error; e < end; e += 8) {
        a = fma(v128.load32_splat(e), v128.load(state), a);
        b = fma(v128.load32_splat(e, 4), v128.load(state + at.outputStride), b);
        state += 2 * at.outputStride;
      }
      v128.store(to + q, f32x4.mul(splat(term), f32x4.add(a, b)));
    }
    let total = splat(0);
    for (let e = error; e < end; e += 16) total = f32x4.add(total, v128.load(e));
    store<f32>(at.gradient + at.headBiases + (v << 2), term * sum(total));
  }
}

/** What the errors of output v weigh in the LSTM and in its head (../../../loss.ts): after `loss`, before `backward`. */
export function weigh(v: i32, trunk: f32, head: f32): void {
  store<f32>(at.terms + (<usize>v << 2), trunk);
  store<f32>(at.terms + (<usize>(at.outputCount + v) << 2), head);
}

/** The gradient of all parameters. */
export function backward(): void {
  memory.fill(at.gradient, 0, at.parameterBytes);
  memory.fill(at.cellGradients, 0, at.cellStride * <usize>at.sequences);
  pack();
  headGradients();
  const steps = max(1, nearRows / at.sequences);
  for (let to = at.steps; to > 0; to -= steps) {
    const from = max(0, to - steps);
    for (let t = to - 1; t >= from; t--) {
      stateGradients(t);
      if (at.dropout) droppedGradients(t);
      gateGradients(t);
    }
    kernelGradient(from * at.sequences, to * at.sequences);
  }
}
