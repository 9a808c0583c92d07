/**
 * A trained model on disk: `model.json` and `weights.bin`, a TensorFlow.js layers model that
 * `tf.loadLayersModel` opens. The weights are the flat parameters as they are; the loss histories and the
 * caller's metadata stand in its user-defined metadata. The same model is the same bytes.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainedModel } from "./interface/backend.ts";
import { cannot } from "./interface/errors.ts";
import { type ModelShape, parameterCount, parameterLayout } from "./interface/shape.ts";

/** The version of `userDefinedMetadata`. */
const version = 1;

interface ModelFile {
  readonly format: "layers-model";
  readonly generatedBy: string;
  readonly convertedBy: null;
  readonly modelTopology: object;
  readonly weightsManifest: readonly { paths: readonly string[]; weights: readonly WeightSpec[] }[];
  readonly userDefinedMetadata: {
    readonly version: number;
    readonly shape: ModelShape;
    readonly losses: readonly number[];
    /** Absent if nothing was validated. */
    readonly validation?: { readonly losses: readonly number[]; readonly epoch: number };
    readonly metadata: Readonly<Record<string, unknown>>;
  };
}

interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32";
}

/** Writes a model into `folder`, which is made when it is not there; `metadata` is anything that JSON can keep. */
export async function saveModel(
  folder: string,
  model: TrainedModel,
  metadata: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { shape, parameters, losses, validation } = model;
  const validated =
    validation === undefined
      ? {}
      : { validation: { losses: Array.from(validation.losses), epoch: validation.epoch } };
  if (parameters.length !== parameterCount(shape))
    throw cannot(
      `save the model "${folder}"`,
      `it has ${parameters.length} parameters, not ${parameterCount(shape)}`,
    );
  const file: ModelFile = {
    format: "layers-model",
    generatedBy: "braid",
    convertedBy: null,
    modelTopology: topology(shape),
    weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs(shape) }],
    userDefinedMetadata: { version, shape, losses: Array.from(losses), ...validated, metadata },
  };
  await mkdir(folder, { recursive: true });
  const { buffer, byteOffset, byteLength } = parameters;
  await writeFile(join(folder, "weights.bin"), new Uint8Array(buffer, byteOffset, byteLength));
  await writeFile(join(folder, "model.json"), `${JSON.stringify(file)}\n`);
}

/** Reads what saveModel wrote. Throws, with the folder's name, when a part is missing, cut off or not ours. */
export async function loadModel(
  folder: string,
): Promise<{ model: TrainedModel; metadata: Record<string, unknown> }> {
  const bad = (cause: string, hint = "Train the model again.") =>
    cannot(`load the model "${folder}"`, cause, hint);
  const read = async (name: string) => {
    try {
      return await readFile(join(folder, name));
    } catch (error) {
      const missing =
        (error as NodeJS.ErrnoException).code === "ENOENT" ||
        (error as NodeJS.ErrnoException).code === "ENOTDIR";
      throw bad(missing ? `${name} is not there` : `${name} cannot be read (${(error as Error).message})`);
    }
  };

  let file: Partial<ModelFile>;
  try {
    file = JSON.parse((await read("model.json")).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw bad("model.json is cut off or not JSON");
    throw error;
  }
  const foreign = "Only models that saveModel wrote can be loaded.";
  if (typeof file !== "object" || file === null || file.format !== "layers-model")
    throw bad("model.json is not a TensorFlow.js layers model", foreign);
  const own = file.userDefinedMetadata;
  if (file.generatedBy !== "braid" || typeof own !== "object" || own === null)
    throw bad("it is a layers model of another program", foreign);
  if (own.version !== version)
    throw bad(`its metadata are of version ${own.version}, and this program reads ${version}`);
  const { shape, losses, validation, metadata } = own;
  const sizes = [shape?.inputs, shape?.hidden, shape?.outputs];
  const finite = (values: unknown) => Array.isArray(values) && values.every(Number.isFinite);
  const sound =
    sizes.every(Number.isSafeInteger) &&
    finite(losses) &&
    (validation === undefined || (finite(validation.losses) && Number.isSafeInteger(validation.epoch)));
  if (!sound || typeof metadata !== "object" || metadata === null) throw bad("its metadata are damaged");
  if (JSON.stringify(file.weightsManifest?.[0]?.weights) !== JSON.stringify(weightSpecs(shape)))
    throw bad("its weights are not those of one LSTM layer with linear heads", foreign);

  const bytes = await read("weights.bin");
  const wanted = 4 * parameterCount(shape);
  if (bytes.length !== wanted) throw bad(`weights.bin has ${bytes.length} bytes, not ${wanted}`);
  return {
    model: {
      shape,
      parameters: new Float32Array(new Uint8Array(bytes).buffer),
      losses: Float64Array.from(losses),
      ...(validation === undefined
        ? {}
        : { validation: { losses: Float64Array.from(validation.losses), epoch: validation.epoch } }),
    },
    metadata,
  };
}

function weightSpecs(shape: ModelShape): WeightSpec[] {
  const { kernel, recurrent, bias, headKernel, headBias } = parameterLayout(shape);
  const spec = (name: string, slot: { readonly shape: readonly number[] }): WeightSpec => ({
    name,
    shape: slot.shape,
    dtype: "float32",
  });
  return [
    spec("lstm/kernel", kernel),
    spec("lstm/recurrent_kernel", recurrent),
    spec("lstm/bias", bias),
    spec("heads/kernel", headKernel),
    spec("heads/bias", headBias),
  ];
}

/** The Keras configuration: any number of sequences and steps in, all steps out. */
function topology({ inputs, hidden, outputs }: ModelShape): object {
  return {
    class_name: "Sequential",
    config: {
      name: "multitask_lstm",
      layers: [
        {
          class_name: "LSTM",
          config: {
            name: "lstm",
            trainable: true,
            batch_input_shape: [null, null, inputs],
            dtype: "float32",
            units: hidden,
            activation: "tanh",
            recurrent_activation: "sigmoid",
            use_bias: true,
            unit_forget_bias: true,
            return_sequences: true,
            return_state: false,
            go_backwards: false,
            stateful: false,
            unroll: false,
          },
        },
        {
          class_name: "Dense",
          config: { name: "heads", trainable: true, units: outputs, activation: "linear", use_bias: true },
        },
      ],
    },
    keras_version: "tfjs-layers 4.22.0",
    backend: "tensor_flow.js",
  };
}
