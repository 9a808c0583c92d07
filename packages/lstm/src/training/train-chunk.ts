/** Trains the models of one chunk of a stack, epoch by epoch, each by its own course. */
import type { Dataset, TrainedModel, TrainingRequest, TrainingSpec } from "../interface/backend.ts";
import { type Course, course, learningRateOf } from "./course.ts";
import { epochsOf } from "./epochs.ts";
import { initialParameters } from "./initial.ts";
import { sequenceWeights } from "./minibatch.ts";
import type { Stack, StackBatch, StackModel, StackTask } from "./stack.ts";

/** The device works on this many steps before the process checks for other work. */
const stepsAtOnce = 8;

/** Anything that was thrown, as an error. */
export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** The models of `requests`, or why one has failed, in their order. Throws if the device fails. */
export async function trainChunk(
  stack: Stack,
  spec: TrainingSpec,
  task: StackTask,
  requests: readonly TrainingRequest[],
): Promise<(TrainedModel | Error)[]> {
  await stack.begin(
    task,
    requests.map(({ seed, initial, lossWeights, dataset, validation }): StackModel => {
      const parameters = initial ?? initialParameters(task.shape, seed, spec.forgetBias);
      return { parameters, dataset, lossWeights, seed, ...(validation === undefined ? {} : { validation }) };
    }),
  );
  const epochs = requests.map(({ dataset, seed }) => epochsOf(dataset.sequences, spec.batchSize, seed));
  const whole = wholeBatches(spec);
  const rateOf = learningRateOf(spec);
  const members = requests.map((request): Member => ({ course: course(spec, request), failure: null }));
  const count = task.records / spec.epochs;
  for (let epoch = 0, taken = 0; epoch < spec.epochs && members.some(goesOn); epoch++) {
    const minibatches = epochs.map((next) => next());
    for (let b = 0; b < count; b++) {
      const batches =
        minibatches[0]![0] === undefined
          ? whole(requests)
          : requests.map(({ dataset }, m): StackBatch => {
              const rows = minibatches[m]![b]!;
              return { rows, weights: sequenceWeights(dataset, spec.loss, rows) };
            });
      stack.step(batches, rateOf(epoch));
      if (++taken % stepsAtOnce === 0) await stack.settle();
    }
    if (task.validation !== undefined) await validate(stack, members, epoch * count, count);
  }
  if (task.validation === undefined) {
    const losses = await stack.losses(0);
    members.forEach((member, m) => {
      takeLosses(member, losses[m]!, count);
    });
  }
  const parameters = await stack.parameters();
  return members.map(
    (member, m) => member.failure ?? attempt(() => member.course.model(task.shape, () => parameters[m]!)),
  );
}

/** A model of a chunk; one that failed or stopped early is trained on with the others, and the result is ignored. */
interface Member {
  readonly course: Course;
  failure: Error | null;
}

const goesOn = ({ course, failure }: Member) => failure === null && !course.stopped;

/** Validates the epoch whose `count` losses begin with that of step `from`; reads parameters only if a model keeps its own. */
async function validate(
  stack: Stack,
  members: readonly Member[],
  from: number,
  count: number,
): Promise<void> {
  const losses = await stack.losses(from);
  const outputs = await stack.validate();
  const keeping: number[] = [];
  members.forEach((member, m) => {
    if (goesOn(member)) takeLosses(member, losses[m]!, count);
    if (!goesOn(member)) return;
    const keeps = attempt(() => member.course.validated(outputs[m]!));
    if (keeps instanceof Error) member.failure = keeps;
    else if (keeps) keeping.push(m);
  });
  if (keeping.length === 0) return;
  const parameters = await stack.parameters();
  for (const m of keeping) members[m]!.course.keep(parameters[m]!);
}

/** Gives recorded losses to a model's course, for each epoch the mean of `count`. */
function takeLosses(member: Member, recorded: Float32Array, count: number): void {
  for (let first = 0; first < recorded.length; first += count) {
    let mean = 0;
    for (let i = first; i < first + count; i++) mean += recorded[i]! / count;
    const failure = attempt(() => member.course.trained(mean));
    if (!(failure instanceof Error)) continue;
    member.failure = failure;
    return;
  }
}

function attempt<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    return asError(error);
  }
}

/** The batches of an epoch in one minibatch: made once, models of a site sharing theirs. */
function wholeBatches(spec: TrainingSpec): (requests: readonly TrainingRequest[]) => readonly StackBatch[] {
  let batches: readonly StackBatch[] | undefined;
  const ofDatasets = new Map<Dataset, StackBatch>();
  return (requests) => {
    batches ??= requests.map(({ dataset }) => {
      const known = ofDatasets.get(dataset);
      if (known !== undefined) return known;
      const rows = Array.from({ length: dataset.sequences }, (_, s) => s);
      const batch = { rows, weights: sequenceWeights(dataset, spec.loss, rows) };
      ofDatasets.set(dataset, batch);
      return batch;
    });
    return batches;
  };
}
