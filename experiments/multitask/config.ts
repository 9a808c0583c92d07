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
  .literal("each", 'expected "each": this version trains one model per site')
  .default("each")
  .describe("Which sites a model learns from: each = its own");

const attributes = columns
  .max(0, "expected an empty list: attributes of sites mean nothing to models of one site")
  .default([])
  .describe("Columns of sites.csv given to the model (none for models of one site)");

const experiment = z.strictObject({
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
  drivers: columns.min(1).describe("Columns of input_file.csv that the model sees"),
  partitions,
  evaluate: z.array(z.enum(partitionNames)).min(1).default(["validation"]).describe("Partitions to score"),
  sequence: z
    .strictObject({
      length: z.int().min(1).default(365).describe("Days of a window, warm-up included"),
      warmup: z.int().min(0).default(0).describe("Warm-up days before each block: no loss, no output"),
    })
    .prefault({}),
  scaling: z
    .strictObject({
      logDischarge: z.boolean().default(false).describe("Learn ln(q + 1 % of its train mean) of discharge"),
    })
    .prefault({}),
  discharge: columns
    .optional()
    .describe(
      "Which variables are discharge, and get KGE, FHV, FLV, log-NSE (default: names in discharge...)",
    ),
  maskQualifiers: z
    .array(z.string().min(1))
    .default([])
    .describe("Codes in <variable>_qualifiers whose days count as not observed (Ice, e, P)"),
  model: z.strictObject({ hidden: z.int().min(1).default(20).describe("Units of the LSTM") }).prefault({}),
  training: z.strictObject({
    epochs: z.int().min(1).describe("Passes over the train partition"),
    learningRate: z.number().positive().describe("Step size of Adam"),
    loss: z.enum(["rmse", "nnse"]).default("rmse").describe("Masked RMSE, or river-dl's normalised NSE"),
    batchSize: z.int().min(1).nullable().default(null).describe("Windows per step; null = all at once"),
  }),
  statistics: z
    .strictObject({
      level: z.number().gt(0).lt(1).default(0.05).describe("Significance level at one site"),
      minimumEffect: z
        .number()
        .min(0)
        .default(0.01)
        .describe("Smallest median difference in NSE that counts"),
      permutations: z.int().min(99).default(9_999).describe("Label permutations of a max-T test"),
      resamples: z.int().min(100).default(2_000).describe("Resamples of a bootstrap"),
      blockDays: z.int().min(1).default(30).describe("Days of a block of the bootstrap over days"),
      naiveFactor: z
        .number()
        .positive()
        .default(1)
        .describe("The factor without any choice, to compare with"),
      seed: z.int().default(1).describe("Seed of permutations and resamples"),
    })
    .prefault({}),
  strict: z
    .boolean()
    .default(false)
    .describe("Stop if the data of one site cannot be prepared; else go on without the site"),
  sitesMayFail: z.boolean().optional().describe("The older name of strict: false means strict"),
  caveats: z
    .array(z.string().min(1))
    .default([])
    .describe("What readers of the results must know about the data; shown on the page and in the summary"),
  report: z
    .strictObject({
      series: z.boolean().default(true).describe("Predicted series on the page; false needs no predictions"),
    })
    .prefault({}),
  backend: z
    .enum(["auto", "wasm", "native", "gpu", "tfjs", "reference"])
    .default("auto")
    .describe("What trains; changing it retrains nothing"),
  simd: z
    .enum(["auto", "baseline", "relaxed"])
    .default("auto")
    .describe("Kernel of the wasm backend; baseline gives the same bits on every machine"),
  layout: z
    .enum(["files", "packed"])
    .default("files")
    .describe("files = the blog's paths, some five files a model; packed = stores of 30 seeds"),
  predictions: z
    .enum(["keep", "temp"])
    .default("keep")
    .describe("temp = predictions are removed as soon as they are scored"),
  mixBackends: z.boolean().default(false).describe("Allow results of several backends in one experiment"),
});

/** The whole config file. */
export const Config = z.strictObject({
  data: path().describe("Folder with obs_file.csv, input_file.csv and sites.csv"),
  experiment: z.string().default("expA").describe("Which experiment to run: its folder's name"),
  experiments: z
    .record(
      z.string().regex(/^[A-Za-z]\w*$/, "a name of letters, digits and _, since it names a folder"),
      experiment,
    )
    .describe("Experiments by name"),
});

export type Config = z.output<typeof Config>;

/** One entry of the experiments map. */
export type Experiment = z.output<typeof experiment>;
