/** How the results were made, in words: the question, the software, the machine, the runs that the journal knows. */
import { cpus, totalmem } from "node:os";
import { type History, readHistory, realFiles, secondsOf } from "braid-engine";
import { count, duration } from "braid-engine/quantities";
import type { Facts } from "braid-pages/report";
import type { Training } from "../protocol.ts";
import type { ResolvedExperiment } from "../resolve.ts";
import { countTrainWindows, type TrainSequence } from "../sequences/train-windows.ts";
import { softwareHere } from "../statistics/software.ts";

/** What the journal of the working folder remembers of an experiment. */
export interface Making {
  readonly facts: readonly Facts[];
  /** Jobs done, by rule. */
  readonly jobs: ReadonlyMap<string, number>;
  /** The commit of the software; null outside of a Git checkout. */
  readonly commit: string | null;
}

export type Settings = Omit<
  ResolvedExperiment,
  | "sites"
  | "siteList"
  | "layout"
  | "predictions"
  | "backend"
  | "simd"
  | "gpus"
  | "mixBackends"
  | "report"
  | "sitesMayFail"
  | "excluded"
  | "singleTasks"
>;

export interface MakingSource {
  /** The working folder. */
  readonly folder: string;
  readonly settings: Settings;
  readonly sites: number;
  readonly backends: readonly string[];
  /** There is a provenance crate beside the results. */
  readonly crate: boolean;
}

/** Facts under headings. */
export async function makingOf({ folder, settings, sites, backends, crate }: MakingSource): Promise<Making> {
  const history = readHistory(realFiles(folder));
  const work = workByRule(history, settings.name);
  const { packages, commit, platform } = await softwareHere();
  const [cpu] = cpus();
  return {
    commit: commit ?? null,
    jobs: new Map([...work].map(([rule, { jobs }]) => [rule, jobs])),
    facts: [
      { heading: "The question", rows: question(settings, sites) },
      { heading: "Runs", rows: runs(history) },
      {
        heading: "Work, by the journal",
        rows: [...work].map(([rule, { jobs, seconds }]) => [
          rule,
          `${count(jobs, "job")}, ${duration(seconds)} of work`,
        ]),
      },
      {
        heading: "Software and machine of this page",
        rows: [
          ["commit", commit ?? "not a Git checkout"],
          ...Object.entries(packages),
          ["Node", platform],
          ["backend", backends.join(", ")],
          ["processor", `${cpu?.model.trim() ?? "unknown"}, ${cpus().length} cores`],
          ["memory", `${(totalmem() / 2 ** 30).toFixed(0)} GiB`],
          ...(crate ? [["checksums", "of data and results: ../ro-crate-metadata.json"] as const] : []),
        ],
      },
    ],
  };
}

function question(settings: Settings, sites: number): [string, string][] {
  const { factors, seeds, evaluate, prepare, training } = settings;
  const { variables, drivers, partitions, sequence, logarithms, mask } = prepare;
  const [primary, ...auxiliary] = variables;
  return [
    ["primary", primary!],
    ["auxiliary", auxiliary.join(", ") || "none"],
    ["sites", String(sites)],
    ...unitRows(settings),
    ["factors", factors.join(", ")],
    ["seeds", ranges(seeds)],
    ["drivers", drivers.join(", ")],
    ...Object.entries(partitions).map(([name, list]): [string, string] => [
      `${name} days`,
      list.map((range) => Object.values(range).map(day).join(" to ")).join(", "),
    ]),
    ["scored", evaluate.join(", ")],
    ["windows", windowsText(sequence)],
    ["learnt as logarithm", logarithms.join(", ") || "nothing"],
    ["masked codes", mask.join(", ") || "none"],
    ["LSTM units", String(training.hidden)],
    ["epochs", String(training.epochs)],
    ["learning rate", String(training.learningRate)],
    ["loss", training.loss],
    ...protocolRows(training),
    ["data", settings.observations],
  ];
}

/** What is told of models of several sites; the rest is told of all. */
function unitRows({ units, training, prepare }: Settings): [string, string][] {
  if (units === undefined) return [];
  const { trainOn, members, attributes, targets } = units;
  const sizes = [...new Set(Object.values(members).map((sites) => sites.length))];
  const perSite = countTrainWindows(prepare.partitions.train!, prepare.sequence);
  const steps = sizes.map(
    (sites) => training.epochs * Math.ceil((perSite * sites) / (training.batchSize ?? sites)),
  );
  return [
    [
      "a model learns from",
      trainOn === "all" ? "all sites" : `the sites of one ${trainOn} (${Object.keys(members).length} units)`,
    ],
    ["attributes", attributes.map(({ name }) => name).join(", ") || "none"],
    [
      "targets scaled by",
      targets === "site" ? "the train days of each site" : "the train days of all sites of a unit",
    ],
    [
      "windows per step",
      training.batchSize === null ? `as many as sites (${sizes.join(", ")})` : String(training.batchSize),
    ],
    ["steps of Adam", [...new Set(steps)].map((count) => count.toLocaleString("en-US")).join(", ")],
  ];
}

function windowsText({ length, warmup, stride, remainder }: TrainSequence): string {
  return [
    `${length} days, of which ${warmup} run in`,
    ...(stride === undefined ? [] : [`in train one every ${stride} days`]),
    ...(remainder === "drop" ? ["in train whole ones only"] : []),
  ].join("; ");
}

/** The optional keys of the training that the config has. */
function protocolRows(training: Training): [string, string][] {
  const { hidden: _, epochs: __, learningRate: ___, loss: ____, batchSize: _____, ...others } = training;
  return Object.entries(others).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [[`training.${key}`, typeof value === "object" ? JSON.stringify(value) : String(value)]],
  );
}

function day(value: unknown): string {
  return typeof value === "number" ? new Date(value * 86_400_000).toISOString().slice(0, 10) : String(value);
}

/** `0..29`, or the list. */
function ranges(values: readonly number[]): string {
  const whole = values.length > 2 && values.every((value, i) => i === 0 || value === values[i - 1]! + 1);
  return whole ? `${values[0]}..${values.at(-1)}` : values.join(", ");
}

function runs({ runs: all }: History): [string, string][] {
  const ended = all.filter((run) => run.end !== undefined);
  const seconds = ended.reduce((sum, run) => sum + (run.end! - run.at) / 1_000, 0);
  const last = all.at(-1);
  return [
    [
      "runs",
      ended.length === all.length
        ? String(all.length)
        : `${all.length}, of which ${ended.length} had ended when this page was made`,
    ],
    ...(ended.length === 0 ? [] : [["wall time of those", duration(seconds)] as [string, string]]),
    ...(all[0] === undefined
      ? []
      : [["first", new Date(all[0].at).toISOString().slice(0, 16).replace("T", " ")] as [string, string]]),
    ...(last === undefined
      ? []
      : ([
          ["last command", last.command],
          ["executor", `${last.executor}, ${last.slots ?? 1} at once`],
        ] as [string, string][])),
  ];
}

function workByRule({ traces }: History, name: string): Map<string, { jobs: number; seconds: number }> {
  const work = new Map<string, { jobs: number; seconds: number }>();
  for (const trace of traces.values()) {
    const { rule, path } = trace;
    // A working folder may hold other experiments.
    if (!path.startsWith(`${name}/`) && !path.startsWith("data/")) continue;
    const sum = work.get(rule) ?? { jobs: 0, seconds: 0 };
    work.set(rule, { jobs: sum.jobs + 1, seconds: sum.seconds + secondsOf(trace) });
  }
  return work;
}
