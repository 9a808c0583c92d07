/**
 * The config of an experiment: its keys, their meaning and defaults. Every key is also an option
 * (`--training.epochs 20`); the keys of the chosen experiment go without their prefix.
 *
 * Only shapes are checked here; what needs more than one key or a file is checked in resolve.ts.
 */
import { path } from "braid-engine";
import * as z from "zod";

const column = z.string().min(1);
const columns = z.array(column);

/** Date ranges such as 2018-01-01..2019-09-30, one or a list. */
const ranges = z.union([z.string(), z.array(z.string())]);

const partitions = z.strictObject({
  train: ranges.describe("Days to train on: FROM..TO or a list of ranges"),
  validation: ranges.optional().describe("Days to choose models by"),
  test: ranges.optional().describe("Days for the final scores"),
});

/** The parts of the record with a role, in the order of their use. */
export const partitionNames = ["train", "validation", "test"] as const;

/** A part of the record with a role. */
export type PartitionName = keyof z.output<typeof partitions>;

const trainOn = z
  .string()
  .min(1)
  .default("each")
  .describe(
    "The sites that a model learns from: each = its own, all, or a column of sites.csv: one model per value",
  );

const attributes = columns
  .default([])
  .describe(
    "Constant drivers of models of several sites: columns of sites.csv, log(column), mean(driver), std(driver)",
  );

const predict = z.strictObject({
  period: ranges.describe("Days that `pnpm exp:a predict` predicts with the trained models"),
  data: path()
    .optional()
    .describe("Folder (or one file of drivers) to predict from, laid out as `data`; default: `data` itself"),
  sites: z
    .union([z.literal("all"), z.array(z.string()).min(1)])
    .optional()
    .describe("Sites to predict (default: those that the models can predict)"),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/, "a name of letters, digits, _, - and ., since it names a folder")
    .optional()
    .describe("Folder of the predictions (default: the first and the last day)"),
});

const holdOut = z
  .array(z.string().min(1))
  .default([])
  .describe(
    "Site ids, quoted in the file, that models of several sites do not learn from: predicted and scored as ungauged",
  );

/** A part of a folder's name. */
const folderName = z
  .string()
  .regex(/^[A-Za-z0-9]\w*$/, "a name of letters, digits and _, since it names a folder");

const splits = z
  .array(
    partitions.partial().extend({
      name: folderName.optional().describe("Its folder is split_NAME (default: its number)"),
    }),
  )
  .min(2)
  .optional()
  .describe(
    "Several divisions of the record, each with days in place of those of `partitions`: the experiment runs on each",
  );

/** The schema of one entry, without its variants. */
export const Experiment = z.strictObject({
  sites: z
    .union([z.literal("all"), z.array(z.string()).min(1)])
    .describe('"all", or site ids, quoted in the file: ids are text ("01022500")'),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe("Site ids to leave out of `sites`, quoted in the file"),
  factors: z
    .array(z.number().min(0))
    .min(1)
    .describe("Multi-task scaling factors: the auxiliary's weight in the loss, 0 = single-task"),
  seeds: z
    .union([z.array(z.union([z.int().min(0), z.string()])), z.string(), z.int().min(0)])
    .describe("Random seeds: 0..29, or a list"),
  primary: column.describe("The variable to predict: a column of obs_file.csv"),
  auxiliary: columns.default([]).describe("Variables learnt beside the primary"),
  trainOn,
  attributes,
  holdOut,
  drivers: columns.min(1).describe("Columns of input_file.csv that the model sees"),
  partitions,
  splits,
  fillGaps: z
    .int()
    .min(0)
    .optional()
    .describe(
      "Longest gap of the drivers, in days, to interpolate; windows with longer ones are left out (default: a gap is an error)",
    ),
  fillPrecipitation: z
    .boolean()
    .optional()
    .describe("With fillGaps: interpolate precipitation too (default: its gaps leave windows out)"),
  evaluate: z.array(z.enum(partitionNames)).min(1).default(["validation"]).describe("Partitions to score"),
  sequence: z
    .strictObject({
      length: z.int().min(1).default(365).describe("Days of a window, warm-up included"),
      warmup: z.int().min(0).default(0).describe("Warm-up days before each block: no loss, no output"),
      stride: z
        .int()
        .min(1)
        .optional()
        .describe("Days from one train window to the next (default: length - warmup, no overlap)"),
      remainder: z
        .enum(["keep", "drop"])
        .optional()
        .describe("Train windows that the end of a range cuts short: keep (default) or drop"),
    })
    .prefault({}),
  scaling: z
    .strictObject({
      logDischarge: z.boolean().default(false).describe("Learn ln(q + 1 % of its train mean) for discharge"),
      targets: z
        .enum(["site", "unit"])
        .default("site")
        .describe(
          "Scale targets of models of several sites by the train days of each site, or of all together",
        ),
    })
    .prefault({}),
  discharge: z
    .union([column, columns])
    .optional()
    .describe(
      "Variables that are discharge, and get KGE, FHV, FLV, log-NSE (default: by name and unit: discharge, flow, q_mm, ..._m3s)",
    ),
  maskQualifiers: z
    .array(z.string().min(1))
    .default([])
    .describe("Codes in <variable>_qualifiers whose days count as not observed (Ice, e, P)"),
  model: z.strictObject({ hidden: z.int().min(1).default(20).describe("Units of the LSTM") }).prefault({}),
  training: z.strictObject({
    epochs: z.int().min(1).describe("Passes over the train partition"),
    learningRate: z.number().positive().describe("Step size of Adam"),
    loss: z
      .enum(["rmse", "mse", "nnse"])
      .default("rmse")
      .describe("Masked RMSE or MSE, or river-dl's normalised NSE"),
    batchSize: z
      .int()
      .min(1)
      .nullable()
      .default(null)
      .describe("Windows per step; null = all at once, or as many as sites for models of several sites"),
    schedule: z
      .record(z.string().regex(/^[1-9]\d*$/, "a number of epochs"), z.number().positive())
      .optional()
      .describe('Later learning rates: { "20": 0.001 } from the 21st epoch on'),
    clipNorm: z
      .number()
      .positive()
      .optional()
      .describe("Scale gradients with a larger norm down to this norm"),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .optional()
      .describe("Share of the LSTM's outputs that a training step drops"),
    forgetBias: z.number().optional().describe("Initial bias of the forget gates (default: 1)"),
    validationLoss: z.boolean().optional().describe("Compute and save the validation loss of every epoch"),
    select: z
      .enum(["last", "best"])
      .optional()
      .describe("Epoch to keep: last (default), or best, by the validation loss of the primary"),
    patience: z
      .int()
      .min(1)
      .optional()
      .describe("Stop after this many epochs without a lower validation loss of the primary"),
  }),
  statistics: z
    .strictObject({
      level: z.number().gt(0).lt(1).default(0.05).describe("Significance level at one site"),
      minimumEffect: z
        .number()
        .min(0)
        .default(0.01)
        .describe("Smallest median difference in NSE that counts"),
      permutations: z.int().min(99).default(9_999).describe("Number of sign flips of a max-T test"),
      resamples: z.int().min(100).default(2_000).describe("Number of resamples of a bootstrap"),
      blockDays: z
        .int()
        .min(1)
        .default(30)
        .describe("Length of the blocks of the bootstrap over days, in days"),
      naiveFactor: z
        .number()
        .positive()
        .default(1)
        .describe("The factor that is fixed in advance, for the test naive_factor"),
      seed: z.int().default(1).describe("Seed of sign flips and resamples"),
    })
    .prefault({}),
  predict: predict.optional(),
  strict: z
    .boolean()
    .default(false)
    .describe("Stop if the data of one site cannot be prepared; else go on without the site"),
  sitesMayFail: z.boolean().optional().describe("The older form of strict: --no-sitesMayFail is --strict"),
  caveats: z
    .array(z.string().min(1))
    .default([])
    .describe("What readers of the results must know about the data; shown on the page and in the summary"),
  report: z
    .strictObject({
      series: z
        .boolean()
        .default(true)
        .describe("Show predicted series on the page; if false, the page needs no predictions"),
    })
    .prefault({}),
  backend: z
    .enum(["auto", "wasm", "native", "gpu", "tfjs", "reference"])
    .default("auto")
    .describe("The backend that trains and predicts; changing it retrains nothing"),
  simd: z
    .enum(["auto", "baseline", "relaxed"])
    .default("auto")
    .describe("Kernel of the wasm backend; baseline gives the same bits on every machine"),
  layout: z
    .enum(["files", "packed"])
    .default("files")
    .describe("files = a folder per model, as in the USGS blog; packed = a file for the models of 30 seeds"),
  predictions: z
    .enum(["keep", "temp"])
    .default("keep")
    .describe("temp = remove predictions as soon as they are scored"),
  mixBackends: z.boolean().default(false).describe("Allow results of several backends in one experiment"),
});

/** Keys of an experiment with other values: `training.learningRate: 0.001`, or the same nested. */
const overrides = z.record(z.string().min(1), z.unknown());

const withVariants = Experiment.extend({
  variants: z
    .record(folderName, overrides)
    .optional()
    .describe("Named overrides of this experiment's keys: run one with --experiment expA@name"),
});

/** The whole config file. */
export const Config = z.strictObject({
  data: path().describe("Folder with obs_file.csv, input_file.csv and sites.csv"),
  experiment: z.string().default("expA").describe("The experiment to run, or a variant of it (expA@name)"),
  experiments: z
    .record(
      z.string().regex(/^[A-Za-z]\w*$/, "a name of letters, digits and _, since it names a folder"),
      withVariants,
    )
    .describe("Experiments by name"),
});

export type Config = z.output<typeof Config>;

/** One entry of the experiments map, without its variants. */
export type Experiment = z.output<typeof Experiment>;
