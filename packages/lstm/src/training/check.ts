/** What a training or a prediction must be before any backend starts on it; each mistake gets its sentence. */
import type { Dataset, PredictionRequest, TrainingRequest, TrainingSpec } from "../interface/backend.ts";
import { cannot } from "../interface/errors.ts";
import { describeShape, type ModelShape, parameterCount } from "../interface/shape.ts";

const whole = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;

/** Throws unless the settings can train anything. */
export function checkSpec(spec: TrainingSpec): void {
  const { hidden, epochs, learningRate, loss, batchSize } = spec;
  if (!whole(hidden, 1)) throw cannot("train", `hidden is ${hidden}, which is not a whole number >= 1`);
  if (!whole(epochs, 1)) throw cannot("train", `epochs is ${epochs}, which is not a whole number >= 1`);
  if (!(learningRate > 0 && Number.isFinite(learningRate)))
    throw cannot("train", `learningRate is ${learningRate}, which is not a number > 0`);
  if (loss !== "rmse" && loss !== "mse" && loss !== "nnse")
    throw cannot("train", `loss is "${loss}", which is not "rmse", "mse" or "nnse"`);
  if (batchSize !== null && !whole(batchSize, 1))
    throw cannot("train", `batchSize is ${batchSize}, which is not null or a whole number >= 1`);
  checkOptions(spec);
}

/** Throws if an optional setting has a value that means nothing. */
function checkOptions(spec: TrainingSpec): void {
  const { schedule = {}, clipNorm = 1, dropout = 0, forgetBias = 1, select = "last", patience = 1 } = spec;
  for (const [after, rate] of Object.entries(schedule)) {
    if (!whole(Number(after), 1))
      throw cannot("train", `schedule has the epoch "${after}", which is not a whole number >= 1`);
    if (!(rate > 0 && Number.isFinite(rate)))
      throw cannot("train", `schedule has the rate ${rate} after epoch ${after}, which is not a number > 0`);
  }
  if (!(clipNorm > 0 && Number.isFinite(clipNorm)))
    throw cannot("train", `clipNorm is ${clipNorm}, which is not a number > 0`);
  if (!(dropout >= 0 && dropout < 1))
    throw cannot("train", `dropout is ${dropout}, which is not a number in [0, 1)`);
  if (!Number.isFinite(forgetBias))
    throw cannot("train", `forgetBias is ${forgetBias}, which is not a number`);
  if (select !== "last" && select !== "best")
    throw cannot("train", `select is "${select}", which is not "last" or "best"`);
  if (!whole(patience, 1)) throw cannot("train", `patience is ${patience}, which is not a whole number >= 1`);
}

/** The shape that a request trains. Throws unless its data, seed and weights fit together. */
export function checkRequest(spec: TrainingSpec, request: TrainingRequest): ModelShape {
  const { dataset, seed, lossWeights, initial } = request;
  checkDataset(dataset);
  const shape = { inputs: dataset.inputs, hidden: spec.hidden, outputs: dataset.outputs };
  if (!whole(seed, 0)) throw cannot("train", `the seed is ${seed}, which is not a whole number >= 0`);
  if (lossWeights.length !== dataset.outputs)
    throw cannot("train", `there are ${lossWeights.length} loss weights for ${dataset.outputs} outputs`);
  for (const weight of lossWeights)
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw cannot("train", `a loss weight is ${weight}, which is not a number >= 0`);
  if (initial !== undefined && initial.length !== parameterCount(shape))
    throw cannot("train", `there are ${initial.length} initial parameters for ${describeShape(shape)}`);
  checkValidation(spec, request);
  return shape;
}

/** Throws unless what chooses epochs is there to choose them by. */
function checkValidation({ select, patience }: TrainingSpec, { dataset, validation }: TrainingRequest): void {
  if (validation === undefined) {
    const asking = select === "best" ? "select: best" : patience === undefined ? null : "patience";
    if (asking !== null) throw cannot("train", `${asking} needs validation data, and there are none`);
    return;
  }
  checkDataset(validation);
  for (const size of ["inputs", "outputs"] as const)
    if (validation[size] !== dataset[size])
      throw cannot("train", `the validation data have ${validation[size]} ${size} for ${dataset[size]}`);
  const { mask, outputs, groups, sequences } = validation;
  if (groups !== undefined && groups.length !== sequences)
    throw cannot("train", `the validation data have ${groups.length} groups for ${sequences} sequences`);
  if (!mask.some((m, i) => m === 1 && i % outputs === 0))
    throw cannot(
      "train",
      "the first output is never observed in the validation data",
      "Choose validation days with observations, or train without validation.",
    );
}

const sound = new WeakSet<Dataset>();

/** Throws unless the arrays fit the sizes and every number that counts is finite; looks at a dataset once. */
function checkDataset(dataset: Dataset): void {
  if (sound.has(dataset)) return;
  const { sequences: S, steps: T, inputs: I, outputs: V, x, y, mask, valid } = dataset;
  for (const [name, value] of Object.entries({ sequences: S, steps: T, inputs: I, outputs: V }))
    if (!whole(value, 1))
      throw cannot("train", `the dataset's ${name} is ${value}, which is not a whole number >= 1`);
  const lengths = {
    x: [x, S * T * I],
    y: [y, S * T * V],
    mask: [mask, S * T * V],
    valid: [valid, S * T],
  } as const;
  for (const [name, [array, length]] of Object.entries(lengths))
    if (array.length !== length)
      throw cannot(
        "train",
        `the dataset's ${name} has ${array.length} numbers where its sizes ask for ${length}`,
      );

  const where = (i: number, width: number) =>
    `sequence ${Math.floor(i / (T * width))}, step ${Math.floor(i / width) % T}, column ${i % width}`;
  const strange = x.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) throw cannot("train", `x is ${x[strange]} at ${where(strange, I)}`);
  for (let i = 0; i < mask.length; i++) {
    if (mask[i]! > 1) throw cannot("train", `the mask is ${mask[i]} at ${where(i, V)}, which is not 0 or 1`);
    if (mask[i] === 0) continue;
    if (!Number.isFinite(y[i]))
      throw cannot("train", `y is ${y[i]} at ${where(i, V)} and the mask does not hide it`);
    if (valid[Math.floor(i / V)] !== 1)
      throw cannot("train", `the mask lets padding carry loss at ${where(i, V)}`);
  }
  sound.add(dataset);
}

/** Throws unless the parameters fit the model's shape and x fits both. */
export function checkPrediction({ model, x, sequences, steps }: PredictionRequest): void {
  if (!whole(sequences, 1) || !whole(steps, 1))
    throw cannot(
      "predict",
      `there are ${sequences} sequences of ${steps} steps, which are not whole numbers >= 1`,
    );
  if (model.parameters.length !== parameterCount(model.shape))
    throw cannot(
      "predict",
      `the model has ${model.parameters.length} parameters for ${describeShape(model.shape)}`,
    );
  const length = sequences * steps * model.shape.inputs;
  if (x.length !== length)
    throw cannot(
      "predict",
      `x has ${x.length} numbers where ${sequences} x ${steps} x ${model.shape.inputs} are ${length}`,
    );
  if (!x.every(Number.isFinite)) throw cannot("predict", "x holds a value that is not a finite number");
}
