/**
 * A model's shape and its flat parameter layout, which is Keras' order:
 * kernel [I, 4H], recurrent kernel [H, 4H], bias [4H], head kernel [H, V], head bias [V], row-major;
 * the columns of each 4H are the gates i, f, c, o, H units each.
 */

/** One LSTM layer, all steps out, and a linear unit per output at every step. */
export interface ModelShape {
  /** I: drivers per step. */
  readonly inputs: number;
  /** H: units. */
  readonly hidden: number;
  /** V: heads. */
  readonly outputs: number;
}

export type ParameterName = "kernel" | "recurrent" | "bias" | "headKernel" | "headBias";

/** Where one tensor lies in the flat parameters, in elements. */
export interface ParameterSlot {
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** The slot of each tensor, in order and without gaps. */
export function parameterLayout({
  inputs,
  hidden,
  outputs,
}: ModelShape): Record<ParameterName, ParameterSlot> {
  const gates = 4 * hidden;
  let from = 0;
  const slot = (...shape: number[]): ParameterSlot => {
    const to = from + shape.reduce((size, length) => size * length, 1);
    const result = { shape, from, to };
    from = to;
    return result;
  };
  return {
    kernel: slot(inputs, gates),
    recurrent: slot(hidden, gates),
    bias: slot(gates),
    headKernel: slot(hidden, outputs),
    headBias: slot(outputs),
  };
}

/** How many numbers a model of this shape has. */
export function parameterCount(shape: ModelShape): number {
  return parameterLayout(shape).headBias.to;
}

/** `I=7 H=20 V=2`, for messages. */
export function describeShape({ inputs, hidden, outputs }: ModelShape): string {
  return `I=${inputs} H=${hidden} V=${outputs}`;
}
