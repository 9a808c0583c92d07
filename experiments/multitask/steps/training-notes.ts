/** What the losses of a training say about it: that it has hardly begun, or that it has overfitted. */
import type { TrainedModel } from "@braid/lstm";
import type { Training } from "../protocol.ts";

/** A kind of note, and the sentence about one model. */
export interface TrainingNote {
  readonly kind: "hardly begun" | "overfitted";
  readonly text: string;
}

/** A train loss that fell by less than this share has hardly begun to. */
const leastFall = 0.1;

/** A validation loss that ends at so many times its minimum has overfitted. */
const mostRise = 1.2;

/** The notes about a model; overfitting is none where the best epoch is kept. */
export function trainingNotes({ losses, validation }: TrainedModel, { select }: Training): TrainingNote[] {
  const notes: TrainingNote[] = [];
  const [first, last] = [losses[0]!, losses.at(-1)!];
  const fall = 1 - last / first;
  if (first > 0 && fall < leastFall)
    notes.push({
      kind: "hardly begun",
      text:
        `training has hardly begun: after ${losses.length} epochs the train loss is ${Math.round(100 * (1 - fall))} % ` +
        "of what it was. Train for more epochs, or with a higher learning rate (training.epochs, training.learningRate)",
    });
  if (validation === undefined || select === "best") return notes;
  const outputs = validation.losses.length / losses.length;
  const primary = validation.losses.filter((_, i) => i % outputs === 0);
  const least = Math.min(...primary);
  const rise = primary.at(-1)! / least;
  if (least > 0 && rise >= mostRise)
    notes.push({
      kind: "overfitted",
      text:
        `training has overfitted: the validation loss of the primary ends at ${rise.toFixed(2)} times its minimum, ` +
        `which it had after epoch ${primary.indexOf(least) + 1} of ${primary.length}. ` +
        "Train for fewer epochs, or keep the best one (training.epochs, training.select: best)",
    });
  return notes;
}
