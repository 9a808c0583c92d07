/**
 * Milliseconds per model-epoch of every backend that answers, beside PyTorch where Python has it. The candidates
 * take turns in one run (A B C A B C ...), so that what else the machine does meets all.
 */
import { parseArgs } from "node:util";
import type { Dataset } from "@braid/lstm";
import {
  experiment,
  measureNativePeak,
  measurePeak,
  measureTwoThreads,
  median,
  operations,
  profile,
  someDataset,
  span,
} from "@braid/lstm/bench";
import { record } from "../history.ts";
import { backendCandidate, type Candidate, threadsCandidate } from "./candidates.ts";
import { tensorflowPeer, torchPeer } from "./peers.ts";

const usage = `Usage: pnpm bench train [--sequences 20,3] [--steps 365] [--inputs 7] [--hidden 20] [--rounds 15] [--epochs 40] [--slow] [--python FILE] [--record DIR]

Measures the time of a model-epoch (forward, loss, backward, Adam; float32) of each candidate: the wasm backend (baseline and
relaxed SIMD, one thread and two), the GPU if one is usable, PyTorch (alone, two processes, stacked) and TensorFlow, each on
one thread. Prints the median and least milliseconds over the rounds, GFLOP/s and their share of the peak of one thread, and
the time of the whole experiment (${experiment.models} models, ${experiment.epochs} epochs) at this speed.
Then prints how much faster two threads are than one, and which parts of wasm take how long.

  --sequences  sequences per model; a list makes a table for each number
  --steps      steps per sequence
  --inputs     drivers
  --hidden     units
  --rounds     how often each candidate takes its turn
  --epochs     model-epochs in one turn with 20 sequences; proportionally more with fewer sequences
  --slow       also measure TensorFlow.js, which in plain JavaScript takes seconds per model-epoch
  --python     the Python that has PyTorch and TensorFlow (default: BRAID_PYTHON, else python3)
  --record     append the figures to DIR/VERSION.jsonl too, as releases do: --record test/bench/history
  --help       print this help`;

interface Settings {
  readonly hidden: number;
  readonly rounds: number;
  readonly epochs: number;
  readonly slow: boolean;
  readonly python: string;
  /** GFLOP/s of one thread through 128-bit SIMD, and how many times one thread's work two do. */
  readonly peak: number;
  readonly twoThreads: number;
}

/** Milliseconds of a turn where two threads are compared with one: starting a turn in another thread is not training. */
const gainTurn = 500;

/** How many times the work of `single` `double` does, median of paired turns; `single` takes `each` ms per model-epoch. */
async function measureGain(
  single: Candidate,
  double: Candidate,
  each: number,
  rounds: number,
): Promise<number> {
  const epochs = Math.max(1, Math.round(gainTurn / each));
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++)
    ratios.push((await single.time(epochs)) / (await double.time(epochs)));
  return median(ratios);
}

/** One candidate beside PyTorch, over the same sequences. */
interface Figure {
  readonly name: string;
  readonly sequences: number;
  /** Median milliseconds per model-epoch. */
  readonly milliseconds: number;
  /** The least of them. */
  readonly least: number;
  /** Median over the rounds of its time to that of PyTorch on one thread; null without PyTorch. */
  readonly ratioToPyTorch: number | null;
}

/** The table of one dataset; `work` are the operations of a model-epoch, `peak` GFLOP/s of one thread. */
function printFigures(figures: readonly Figure[], work: number, peak: number): void {
  const heads = ["median ms", "least ms", "GFLOP/s", "of peak", "x PyTorch", "experiment"];
  console.log(`${"".padEnd(44)}${heads.map((head) => head.padStart(11)).join("")}`);
  for (const { name, milliseconds, least, ratioToPyTorch } of figures) {
    const rate = work / milliseconds / 1e6;
    const cells = [
      milliseconds.toFixed(3),
      least.toFixed(3),
      rate.toFixed(1),
      `${((100 * rate) / peak).toFixed(0)} %`,
      ratioToPyTorch?.toFixed(2) ?? "",
      span((milliseconds / 1000) * experiment.models * experiment.epochs),
    ];
    console.log(`${name.padEnd(44)}${cells.map((cell) => cell.padStart(11)).join("")}`);
  }
}

async function compare(dataset: Dataset, settings: Settings): Promise<Figure[]> {
  const { hidden, rounds, epochs, slow, python, peak, twoThreads } = settings;
  const peer = { python, dataset, hidden };
  const torch = await torchPeer(peer);
  const here = typeof torch !== "string";
  const one = await backendCandidate("wasm", { simd: "relaxed" }, dataset, hidden);
  const two = await threadsCandidate(2, dataset, hidden);
  const twice = here ? await torchPeer({ ...peer, processes: 2 }) : torch;
  const found = [
    await backendCandidate("wasm", { simd: "baseline" }, dataset, hidden),
    one,
    two,
    await backendCandidate("native", {}, dataset, hidden),
    await backendCandidate("gpu", {}, dataset, hidden, { models: 1024, share: 0.1 }),
    ...(slow ? [await backendCandidate("tfjs", {}, dataset, hidden, { models: 16, share: 0.01 })] : []),
    torch,
    ...(here ? [twice, await torchPeer({ ...peer, models: 16 })] : []),
    await tensorflowPeer(peer),
  ];
  const candidates = found.filter((one): one is Candidate => typeof one !== "string");
  // Of few sequences more epochs: a turn is to be long beside what starting it takes.
  const inTurn = Math.round(epochs * Math.max(1, 20 / dataset.sequences));
  const turn = (candidate: Candidate) => candidate.time(Math.max(1, Math.round(inTurn * candidate.share)));
  const times = candidates.map((): number[] => []);
  for (const candidate of candidates) await turn(candidate);
  for (let round = 0; round < rounds; round++)
    for (const [i, candidate] of candidates.entries()) {
      // Three turns of what takes all day say enough.
      if (candidate.share < 0.1 && round >= 3) continue;
      times[i]!.push(await turn(candidate));
    }
  const timesOf = (candidate: Candidate | string) => times[candidates.indexOf(candidate as Candidate)];

  const { sequences, steps, inputs } = dataset;
  const work = operations(dataset, hidden);
  console.log(
    `\nB=${sequences} T=${steps} I=${inputs} H=${hidden}, ${(work / 1e9).toFixed(3)} GFLOP, ${rounds} rounds of ${inTurn} model-epochs`,
  );
  const torchTimes = timesOf(torch);
  const figures = candidates.map(({ name }, i): Figure => {
    const ratios = torchTimes === undefined ? [] : times[i]!.map((time, round) => time / torchTimes[round]!);
    return {
      ...{ name, sequences, milliseconds: median(times[i]!), least: Math.min(...times[i]!) },
      ratioToPyTorch: ratios.length > 0 ? median(ratios) : null,
    };
  });
  printFigures(figures, work, peak);
  const gain = async (single: Candidate | string, double: Candidate | string) => {
    const known = timesOf(single);
    if (known === undefined || typeof single === "string" || typeof double === "string") return "not here";
    return `${(await measureGain(single, double, median(known), rounds)).toFixed(2)} x`;
  };
  const [wasmGain, torchGain] = [await gain(one, two), await gain(torch, twice)];
  console.log(
    `Two threads for one, turns of ${gainTurn / 1000} s: the machine's bare arithmetic ${twoThreads.toFixed(2)} x, wasm ${wasmGain}, PyTorch in two processes ${torchGain}`,
  );
  for (const candidate of candidates) candidate.close();
  console.log("Parts of wasm, least ms:");
  for (const { name, milliseconds, operations: own } of await profile(dataset, hidden)) {
    const share =
      own === 0 ? "" : `${((100 * own) / milliseconds / 1e6 / peak).toFixed(0)} % of peak`.padStart(16);
    console.log(`  ${name.padEnd(28)}${milliseconds.toFixed(3).padStart(7)}${share}`);
  }
  for (const one of found) if (typeof one === "string") console.log(`Not here: ${one}`);
  return figures;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    console.error(`Cannot benchmark: --${option} is "${text}", which is not a whole number >= 1\n\n${usage}`);
    process.exit(2);
  }
  return value;
}

function options() {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  try {
    return parseArgs({
      options: {
        sequences: text("20,3"),
        steps: text("365"),
        inputs: text("7"),
        hidden: text("20"),
        rounds: text("15"),
        epochs: text("40"),
        slow: { type: "boolean", default: false },
        record: { type: "string" },
        python: text(process.env.BRAID_PYTHON ?? "python3"),
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

const { values } = options();
if (values.help) console.log(usage);
else {
  const peak = await measurePeak("relaxed");
  const native = measureNativePeak();
  const wide = native === null ? "" : `; ${native.rate.toFixed(0)} native, ${native.bits} bits wide`;
  console.log(
    `One thread's peak: ${peak.toFixed(0)} GFLOP/s (relaxed SIMD), ${(await measurePeak("baseline")).toFixed(0)} (baseline)${wide}`,
  );
  const of = (option: "steps" | "inputs" | "hidden" | "rounds" | "epochs") =>
    wholeNumber(option, values[option]);
  const settings = {
    ...{ hidden: of("hidden"), rounds: of("rounds"), epochs: of("epochs") },
    ...{ slow: values.slow, python: values.python, peak, twoThreads: await measureTwoThreads() },
  };
  const figures: Figure[] = [];
  for (const text of values.sequences.split(",")) {
    const dataset = someDataset(wholeNumber("sequences", text), of("steps"), of("inputs"));
    figures.push(...(await compare(dataset, settings)));
  }
  if (values.record !== undefined)
    record(values.record, { bench: "bench train", options: process.argv.slice(2), figures });
}
