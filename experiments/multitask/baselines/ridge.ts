/**
 * Ridge regression (Hoerl and Kennard, 1970) of a variable on the drivers of a day and of the 29 days before it, each
 * day's value a predictor of its own. With X [N, P] the standardised predictors of the observed train days and y [N] the
 * centred observations, b = (X'X + k I)^-1 X'y; k is the one of a grid with the least generalised cross-validation
 * N RSS / (N - df)^2 (Golub, Heath and Wahba, 1979), with df = 1 + the trace of the hat matrix.
 */
import type { Day } from "@braid/data/tables";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Days of drivers that a prediction sees: its own and those before. */
export const lags = 30;

/** Penalties over the mean eigenvalue of X'X. */
const grid = Array.from({ length: 25 }, (_, i) => 10 ** (-6 + i / 3));

type Drivers = ReadonlyMap<Day, Float32Array>;

/** A fitted regression. */
export interface Ridge {
  /** The penalty k that was chosen. */
  readonly penalty: number;
  predict(day: Day): number;
}

/** Fits the values of observed days (at least one, all among the drivers' days). */
export function ridge(drivers: Drivers, days: readonly Day[], values: Float64Array): Ridge {
  const first = Math.min(...drivers.keys());
  const rows = days.map((day) => predictors(drivers, first, day));
  const [N, P] = [rows.length, rows[0]!.length];
  const centre = Float64Array.from({ length: P }, (_, p) => rows.reduce((sum, row) => sum + row[p]!, 0) / N);
  const spread = Float64Array.from({ length: P }, (_, p) => {
    const squares = rows.reduce((sum, row) => sum + (row[p]! - centre[p]!) ** 2, 0);
    // A predictor that does not vary says nothing.
    return Math.sqrt(squares / N) || 1;
  });
  const standardised = (row: Float64Array) =>
    Array.from(row, (value, p) => (value - centre[p]!) / spread[p]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / N;
  const X = new Matrix(rows.map(standardised));
  const y = Matrix.columnVector(Array.from(values, (value) => value - mean));
  const { vectors, roots } = decompose(X);
  // In the eigenvectors' coordinates: z = V'X'y, b = V z / (root + k).
  const z = vectors.transpose().mmul(X.transpose().mmul(y)).to1DArray();
  const total = y.norm() ** 2;
  const scale = roots.reduce((sum, root) => sum + root, 0) / P || 1;
  let best = { score: Number.POSITIVE_INFINITY, penalty: grid.at(-1)! * scale };
  for (const part of grid) {
    const penalty = part * scale;
    // RSS = y'y - sum z^2 (root + 2 k) / (root + k)^2
    const fitted = roots.reduce(
      (sum, root, p) => sum + (z[p]! ** 2 * (root + 2 * penalty)) / (root + penalty) ** 2,
      0,
    );
    const free = N - 1 - roots.reduce((sum, root) => sum + root / (root + penalty), 0);
    const score = free > 0 ? (N * Math.max(0, total - fitted)) / free ** 2 : Number.POSITIVE_INFINITY;
    if (score < best.score) best = { score, penalty };
  }
  const b = vectors
    .mmul(Matrix.columnVector(z.map((value, p) => value / (roots[p]! + best.penalty))))
    .to1DArray();
  return {
    penalty: best.penalty,
    predict(day) {
      const row = standardised(predictors(drivers, first, day));
      return mean + b.reduce((sum, weight, p) => sum + weight * row[p]!, 0);
    },
  };
}

/** The drivers of a day and of those before it [lags x I]; days before the first are taken as the first. */
function predictors(drivers: Drivers, first: Day, day: Day): Float64Array {
  const I = drivers.get(first)!.length;
  const row = new Float64Array(lags * I);
  let known = drivers.get(day)!;
  for (let lag = 0; lag < lags; lag++) {
    // A gap between the dates of partitions has no drivers here: the next day stands for it.
    known = drivers.get(Math.max(first, day - lag)) ?? known;
    row.set(known, lag * I);
  }
  return row;
}

function decompose(X: Matrix): { vectors: Matrix; roots: number[] } {
  const found = new EigenvalueDecomposition(X.transpose().mmul(X), { assumeSymmetric: true });
  return { vectors: found.eigenvectorMatrix, roots: found.realEigenvalues.map((root) => Math.max(0, root)) };
}
