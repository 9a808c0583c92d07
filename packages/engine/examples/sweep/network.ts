/** One hidden layer of tanh units, trained by plain gradient descent: small enough to read. */

export interface Sample {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** Of each hidden unit its weight, its bias and its weight in the sum; and the bias of the sum. */
export interface Weights {
  readonly into: number[];
  readonly bias: number[];
  readonly out: number[];
  offset: number;
}

/** `count` points of a sine with noise, the same ones for a seed. */
export function noisySine(seed: number, count: number): Sample {
  const random = generator(seed);
  const x = Array.from({ length: count }, () => 6 * random() - 3);
  return { x, y: x.map((value) => Math.sin(value) + 0.1 * (random() - 0.5)) };
}

export function train({ x, y }: Sample, width: number, rate: number, epochs: number, seed: number): Weights {
  const random = generator(seed + 1_000);
  const some = () => Array.from({ length: width }, () => random() - 0.5);
  const weights: Weights = { into: some(), bias: some(), out: some(), offset: 0 };
  const { into, bias, out } = weights;
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let i = 0; i < x.length; i++) {
      const slope = rate * (predict(weights, x[i]!) - y[i]!);
      for (let unit = 0; unit < width; unit++) {
        const value = Math.tanh(into[unit]! * x[i]! + bias[unit]!);
        const back = slope * out[unit]! * (1 - value * value);
        out[unit]! -= slope * value;
        into[unit]! -= back * x[i]!;
        bias[unit]! -= back;
      }
      weights.offset -= slope;
    }
  return weights;
}

export function predict({ into, bias, out, offset }: Weights, x: number): number {
  return out.reduce((sum, weight, unit) => sum + weight * Math.tanh(into[unit]! * x + bias[unit]!), offset);
}

/** The mean of the squared errors. */
export function meanSquare(weights: Weights, { x, y }: Sample): number {
  return x.reduce((sum, value, i) => sum + (predict(weights, value) - y[i]!) ** 2, 0) / x.length;
}

/** Numbers between 0 and 1, the same ones for a seed (mulberry32, Tommy Ettinger 2017). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
