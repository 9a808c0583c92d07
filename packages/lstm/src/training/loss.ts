/**
 * Both losses in one form. With yhat the prediction, each output v has
 *   Q_v = sum over the batch of w (yhat - y)^2,   w fixed by the data alone (minibatch.ts), 0 where masked.
 * rmse: R_v = sqrt(Q_v), w = m / sum m.
 * mse: Q_v itself, with the same w.
 * nnse (river-dl, tag paper_v0): L_v = Q_v / (1 + Q_v), w = m / (S sum_t (m (y - ybar) + 0.1)^2).
 */
import type { Loss } from "../interface/backend.ts";

/** A batch's loss, and for each output what to multiply w (yhat - y) by to get the gradient at yhat. */
export interface LossTerms {
  /** sum over v of lossWeight_v times `ownLoss`. */
  readonly loss: number;
  /** `[V]`: for the gradient that flows into the LSTM. */
  readonly trunk: Float64Array;
  /** `[V]`: for the gradient of the head's own kernel and bias. */
  readonly head: Float64Array;
}

/** The loss of a batch from its Q_v [V] and the loss weights [V]. */
export function lossTerms(loss: Loss, q: ArrayLike<number>, lossWeights: readonly number[]): LossTerms {
  const trunk = new Float64Array(q.length);
  const head = new Float64Array(q.length);
  let sum = 0;
  for (let v = 0; v < q.length; v++) {
    const lambda = lossWeights[v]!;
    const Q = q[v]!;
    const own = ownLoss(loss, Q);
    sum += lambda * own;
    if (loss === "rmse") {
      // dR/dyhat = w (yhat - y) / R; 0 where nothing is observed or nothing is wrong.
      trunk[v] = Q === 0 ? 0 : lambda / own;
      head[v] = trunk[v]!;
    } else if (loss === "mse") {
      trunk[v] = 2 * lambda;
      head[v] = trunk[v]!;
    } else {
      // dL/dyhat = 2 w (yhat - y) / (1 + Q)^2; the head follows it unscaled, even where lambda is 0.
      head[v] = 2 / (1 + Q) ** 2;
      trunk[v] = lambda * head[v]!;
    }
  }
  return { loss: sum, trunk, head };
}

/** The loss of one output from its Q_v: R_v (rmse), Q_v (mse) or L_v (nnse). */
export function ownLoss(loss: Loss, Q: number): number {
  if (loss === "rmse") return Math.sqrt(Q);
  return loss === "mse" ? Q : Q / (1 + Q);
}
