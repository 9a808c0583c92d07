/**
 * The course of one training, whatever computes it: its losses by epoch, what the validation data say after each,
 * which parameters are kept and when it stops. Epochs are chosen by the first output's own loss over the validation
 * data (the mean over its groups, which may be sites) and by nothing else: not by the loss weights, nor by any other data.
 */
import type { Dataset, TrainedModel, TrainingRequest, TrainingSpec } from "../interface/backend.ts";
import type { ModelShape } from "../interface/shape.ts";
import { checkTrained, lossDiverged } from "./epochs.ts";
import { ownLoss } from "./loss.ts";
import { sequenceWeights } from "./minibatch.ts";

/** Takes part in the epochs of one training. */
export interface Course {
  /** The data to predict after every epoch; undefined if nothing is validated. */
  readonly validation: Dataset | undefined;
  /** It has stopped early. */
  readonly stopped: boolean;
  /** Takes the loss of the next epoch. Throws if it is not finite. */
  trained(loss: number): void;
  /** Takes the outputs [S, T, V] over the validation data after the same epoch; true if `keep` wants its parameters. */
  validated(predictions: ArrayLike<number>): boolean;
  /** Takes the parameters of the epoch that was validated last. */
  keep(parameters: Float32Array): void;
  /** The trained model; `parameters` are the last ones. Throws if they are not finite. */
  model(shape: ModelShape, parameters: () => Float32Array): TrainedModel;
}

/** A training that has not begun. */
export function course(
  { epochs, loss, select, patience }: TrainingSpec,
  { validation }: TrainingRequest,
): Course {
  const losses: number[] = [];
  const scores: number[] = [];
  let best: { readonly score: number; readonly epoch: number } | undefined;
  let kept: Float32Array | undefined;
  let stopped = false;
  return {
    validation,
    get stopped() {
      return stopped;
    },
    trained(value) {
      if (!Number.isFinite(value)) throw lossDiverged(value, losses.length, epochs);
      losses.push(value);
    },
    validated(predictions) {
      const own = lossesOver(validation!, loss, predictions);
      const score = own[0]!;
      if (!Number.isFinite(score)) throw lossDiverged(score, losses.length - 1, epochs);
      scores.push(...own);
      const epoch = losses.length;
      const better = best === undefined || score < best.score;
      if (better) best = { score, epoch };
      stopped = patience !== undefined && epoch - best!.epoch >= patience;
      return select === "best" ? better : stopped;
    },
    keep(parameters) {
      kept = parameters;
    },
    model(shape, parameters) {
      const own = kept ?? parameters();
      checkTrained(own);
      const trained = { shape, parameters: own, losses: Float64Array.from(losses) };
      if (validation === undefined) return trained;
      const epoch = select === "best" ? best!.epoch : losses.length;
      return { ...trained, validation: { losses: Float64Array.from(scores), epoch } };
    },
  };
}

/** Each output's own loss [V] of predictions [S, T, V] over a dataset, the mean over its groups, in float64. */
export function lossesOver(
  dataset: Dataset,
  loss: TrainingSpec["loss"],
  predictions: ArrayLike<number>,
): Float64Array {
  const { steps: T, outputs: V, y, mask } = dataset;
  const sums = new Float64Array(V);
  const observing = new Float64Array(V);
  for (const { rows, weights } of groupsOf(dataset, loss)) {
    const q = new Float64Array(V);
    rows.forEach((s, r) => {
      for (let v = 0; v < V; v++)
        for (let at = s * T * V + v; at < (s + 1) * T * V; at += V)
          if (mask[at] === 1) q[v]! += weights[r * V + v]! * (predictions[at]! - y[at]!) ** 2;
    });
    for (let v = 0; v < V; v++) {
      // w is 0 in a group that never observes the output.
      if (!rows.some((_, r) => weights[r * V + v]! > 0)) continue;
      sums[v]! += ownLoss(loss, q[v]!);
      observing[v]! += 1;
    }
  }
  return sums.map((sum, v) => (observing[v] === 0 ? 0 : sum / observing[v]!));
}

/** Sequences of one group, and w of loss.ts [rows, V] as if they were one batch. */
interface Group {
  readonly rows: readonly number[];
  readonly weights: Float64Array;
}

const known = new WeakMap<Dataset, Map<string, readonly Group[]>>();

/** The groups of a dataset; the models of a site ask again and again. */
function groupsOf(dataset: Dataset, loss: TrainingSpec["loss"]): readonly Group[] {
  const ofDataset = known.get(dataset) ?? new Map<string, readonly Group[]>();
  known.set(dataset, ofDataset);
  const found =
    ofDataset.get(loss) ??
    [...Map.groupBy(Array(dataset.sequences).keys(), (s) => dataset.groups?.[s] ?? 0).values()].map(
      (rows) => ({ rows, weights: sequenceWeights(dataset, loss, rows) }),
    );
  ofDataset.set(loss, found);
  return found;
}

/** The learning rate of an epoch, from 0. */
export function learningRateOf({ learningRate, schedule }: TrainingSpec): (epoch: number) => number {
  const steps = Object.entries(schedule ?? {})
    .map(([after, rate]) => ({ after: Number(after), rate }))
    .sort((a, b) => a.after - b.after);
  return (epoch) => steps.findLast(({ after }) => after <= epoch)?.rate ?? learningRate;
}
