/** Trains and runs lists of small LSTMs. It knows nothing of rivers or workflows. */
export {
  type BackendChoice,
  type ChooseOptions,
  type ChosenBackend,
  chooseBackend,
  gpuAllocation,
  type Simd,
} from "./choose-backend.ts";
export type {
  Backend,
  BackendName,
  Dataset,
  Loss,
  PredictionRequest,
  TrainedModel,
  TrainingRequest,
  TrainingSpec,
} from "./interface/backend.ts";
export type { BackendPackages, GpuOptions, Gpus } from "./interface/backend-package.ts";
export { LstmError } from "./interface/errors.ts";
export { type ModelShape, type ParameterName, parameterCount, parameterLayout } from "./interface/shape.ts";
export { openBackend } from "./open-backend.ts";
export { loadModel, saveModel } from "./saved-model.ts";
export { type Finding, survey } from "./survey.ts";
export { initialParameters } from "./training/initial.ts";
