/**
 * The training protocol as a whole: keys that only mean something together. Epochs are chosen on the validation
 * partition, by the primary's loss alone, the same way for every factor; what was used to choose cannot judge.
 */
import type { TrainingSpec } from "@braid/lstm";
import { cannot } from "braid-engine";
import type { PartitionName } from "./config.ts";
import type { Partitions } from "./sequences/partitions.ts";
import type { TrainSequence } from "./sequences/train-windows.ts";

/** How a model is trained; the part of the config that changes its numbers. Keys that the config lacks are absent, and so are optional ones with their default. */
export interface Training extends TrainingSpec {
  /** Keep the validation loss of every epoch, which `select: best` and `patience` do as well. */
  readonly validationLoss?: boolean | undefined;
}

/** The key that chooses epochs on the validation partition, or null. */
export function choosing({ select, patience }: Pick<Training, "select" | "patience">): string | null {
  if (select === "best") return "select: best";
  return patience === undefined ? null : "patience";
}

/** Whether the validation loss of every epoch is taken. */
export function validates(training: Omit<Training, "hidden">): boolean {
  return training.validationLoss === true || choosing(training) !== null;
}

/** What optional keys mean where they are absent. */
const trainingDefaults: Partial<Training> = {
  dropout: 0,
  forgetBias: 1,
  validationLoss: false,
  select: "last",
};

/** `training` without keys that say what absent ones mean: to write a default out changes no job. */
export function withoutTrainingDefaults<T extends Omit<Training, "hidden">>(training: T): T {
  return without(training, trainingDefaults);
}

/** `sequence` without keys that say what absent ones mean. */
export function withoutSequenceDefaults(sequence: TrainSequence): TrainSequence {
  return without(sequence, { stride: sequence.length - sequence.warmup, remainder: "keep" });
}

function without<T extends object>(given: T, defaults: Partial<Training & TrainSequence>): T {
  return Object.fromEntries(
    Object.entries(given).filter(([key, value]) => value !== defaults[key as keyof typeof defaults]),
  ) as T;
}

/** @throws if keys of `training` contradict each other, the partitions or what is evaluated. */
export function checkProtocol(
  training: Omit<Training, "hidden">,
  partitions: Partitions,
  evaluate: readonly PartitionName[],
): void {
  const { schedule = {}, epochs } = training;
  const late = Object.keys(schedule).find((after) => Number(after) >= epochs);
  if (late !== undefined)
    throw cannot("use", "training.schedule", `its rate after ${late} epochs is never used`, {
      facts: [["training.epochs", String(epochs)]],
      hint: "Leave it out, or train longer.",
    });
  const key = choosing(training);
  if (validates(training) && partitions.validation === undefined)
    throw cannot("use", `training.${key ?? "validationLoss"}`, "the experiment has no validation days", {
      facts: [["partitions", Object.keys(partitions).join(", ")]],
      hint: "Set partitions.validation to days that are not in train or test.",
    });
  if (key !== null && evaluate.includes("validation") && !evaluate.includes("test"))
    throw cannot("judge on", "validation", `training.${key} chose the epochs on it`, {
      facts: [["evaluate", evaluate.join(", ")]],
      hint: "Scores on days that chose the epochs are biased upwards. Score another partition: --evaluate validation test",
    });
}

/** @throws if the days of a window contradict each other. */
export function checkSequence({ length, warmup, stride }: TrainSequence): void {
  if (warmup >= length)
    throw cannot(
      "use sequence",
      "",
      `its warmup of ${warmup} days leaves nothing of its length of ${length}`,
      {
        hint: "The warmup is part of the window: choose a smaller one.",
      },
    );
  if (stride !== undefined && stride > length - warmup)
    throw cannot("use sequence", "", `its stride of ${stride} days skips days of train`, {
      facts: [["days of a window without its warmup", String(length - warmup)]],
      hint: "Choose a smaller stride, or none: then windows follow each other.",
    });
}
