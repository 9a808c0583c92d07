/** Trains and runs lists of small LSTMs. It knows nothing of rivers or workflows. */
export type {
  Backend,
  BackendName,
  Dataset,
  Loss,
  PredictionRequest,
  TrainedModel,
  TrainingRequest,
  TrainingSpec,
} from "./backend.ts";
export type { GpuOptions } from "./backends/gpu/open.ts";
export { compileNative } from "./backends/native/compile.ts";
export {
  type BackendChoice,
  type ChooseOptions,
  type ChosenBackend,
  chooseBackend,
  type Gpus,
  gpuAllocation,
  type Simd,
} from "./choose-backend.ts";
export { LstmError } from "./errors.ts";
export { initialParameters } from "./initial.ts";
export { openBackend } from "./open-backend.ts";
export { loadModel, saveModel } from "./saved-model.ts";
export { type ModelShape, type ParameterName, parameterCount, parameterLayout } from "./shape.ts";
export { type Finding, survey } from "./survey.ts";
