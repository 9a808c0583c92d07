/**
 * The kernel of the wasm backend: forward, back through time and Adam of one small LSTM in float32 SIMD.
 * All sizes are arguments; its one memory grows as they ask. ../kernel.ts drives it.
 */
export { adam } from "./adam";
export { backward, weigh } from "./backward";
export { drop, layer, loss, predict } from "./forward";
export {
  bias,
  columns,
  configure,
  errors,
  factors,
  firstMoments,
  gradient,
  headBiases,
  heads,
  inputs,
  inputStride,
  parameterBytes,
  parameters,
  plane,
  quads,
  resize,
  secondMoments,
  targets,
  weights,
} from "./layout";
