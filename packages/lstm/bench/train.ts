/**
 * Milliseconds per model-epoch of the wasm backend, beside PyTorch's nn.LSTM on one thread where Python has
 * it. The candidates take turns in one run (A B C A B C ...), so that what else the machine does meets all.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Dataset, openBackend, type Simd } from "../src/index.ts";

const usage = `Usage: pnpm bench:train [--sequences 20,3] [--steps 365] [--inputs 7] [--hidden 20] [--rounds 15] [--epochs 40]

Milliseconds per model-epoch (forward, loss, backward, Adam; float32, one thread), median and least over
the rounds, of the wasm backend (baseline and relaxed SIMD) and of PyTorch's nn.LSTM.

  --sequences  sequences per model; numbers with commas are several tables
  --steps      steps per sequence
  --inputs     drivers
  --hidden     units
  --rounds     how often each candidate takes its turn
  --epochs     model-epochs in one turn
  --help       this text

PyTorch is looked for in the Python that BRAID_PYTHON names, else in python3.`;

/** Any numbers do: the time depends on the sizes alone. About 3 of 10 values are masked. */
function someDataset(sequences: number, steps: number, inputs: number): Dataset {
  const outputs = 2;
  const rows = sequences * steps;
  return {
    ...{ sequences, steps, inputs, outputs },
    x: Float32Array.from({ length: rows * inputs }, (_, i) => Math.sin(i * i)),
    y: Float32Array.from({ length: rows * outputs }, (_, i) => Math.cos(i * i)),
    mask: Uint8Array.from({ length: rows * outputs }, (_, i) => (i % 10 < 7 ? 1 : 0)),
    valid: new Uint8Array(rows).fill(1),
  };
}

interface Candidate {
  readonly name: string;
  /** Milliseconds per epoch over some epochs. */
  time(epochs: number): Promise<number>;
  close(): void;
}

async function wasmCandidate(simd: Simd, dataset: Dataset, hidden: number): Promise<Candidate> {
  const backend = await openBackend("wasm", { simd });
  return {
    name: backend.device,
    async time(epochs) {
      const spec = { hidden, epochs, learningRate: 1e-3, loss: "rmse", batchSize: null } as const;
      const start = performance.now();
      await backend.train(spec, [{ dataset, seed: 0, lossWeights: [1, 0.5] }], (_, result) => {
        if (result instanceof Error) throw result;
      });
      return (performance.now() - start) / epochs;
    },
    close: () => backend.dispose(),
  };
}

/** PyTorch, or why there is none. */
async function torchCandidate(dataset: Dataset, hidden: number): Promise<Candidate | string> {
  const python = process.env.BRAID_PYTHON ?? "python3";
  const { sequences, steps, inputs } = dataset;
  const script = fileURLToPath(new URL("torch_peer.py", import.meta.url));
  const child = spawn(python, [script, ...[sequences, steps, inputs, hidden].map(String)], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  child.on("error", (error) => {
    complaint += error.message;
  });
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value: version, done } = await lines.next();
  if (done) return `${python}: ${complaint.trim().split("\n").at(-1) ?? "it ended without a word"}`;
  return {
    name: `PyTorch ${version}, one thread`,
    async time(epochs) {
      child.stdin.write(`${epochs}\n`);
      const { value } = await lines.next();
      return Number(value);
    },
    close: () => child.stdin.end(),
  };
}

const median = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

async function compare(dataset: Dataset, hidden: number, rounds: number, epochs: number): Promise<void> {
  const torch = await torchCandidate(dataset, hidden);
  const candidates = [
    await wasmCandidate("baseline", dataset, hidden),
    await wasmCandidate("relaxed", dataset, hidden),
    ...(typeof torch === "string" ? [] : [torch]),
  ];
  const times = candidates.map((): number[] => []);
  for (const candidate of candidates) await candidate.time(epochs);
  for (let round = 0; round < rounds; round++)
    for (const [i, candidate] of candidates.entries()) times[i]!.push(await candidate.time(epochs));
  for (const candidate of candidates) candidate.close();

  const { sequences, steps, inputs } = dataset;
  console.log(
    `\nB=${sequences} T=${steps} I=${inputs} H=${hidden}, ${rounds} rounds of ${epochs} model-epochs`,
  );
  console.log(
    `${"".padEnd(32)}${["median ms", "least ms", "x PyTorch"].map((head) => head.padStart(11)).join("")}`,
  );
  candidates.forEach(({ name }, i) => {
    const ratios =
      typeof torch === "string" ? [] : times[i]!.map((time, round) => time / times.at(-1)![round]!);
    const cells = [median(times[i]!).toFixed(3), Math.min(...times[i]!).toFixed(3)];
    cells.push(ratios.length > 0 ? median(ratios).toFixed(2) : "");
    console.log(`${name.padEnd(32)}${cells.map((cell) => cell.padStart(11)).join("")}`);
  });
  if (typeof torch === "string")
    console.log(`PyTorch: not found (${torch}); set BRAID_PYTHON to a Python that has it`);
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
      args: process.argv.slice(2).filter((arg) => arg !== "--"),
      options: {
        sequences: text("20,3"),
        steps: text("365"),
        inputs: text("7"),
        hidden: text("20"),
        rounds: text("15"),
        epochs: text("40"),
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
  const of = (option: "steps" | "inputs" | "hidden" | "rounds" | "epochs") =>
    wholeNumber(option, values[option]);
  for (const text of values.sequences.split(",")) {
    const dataset = someDataset(wholeNumber("sequences", text), of("steps"), of("inputs"));
    await compare(dataset, of("hidden"), of("rounds"), of("epochs"));
  }
}
