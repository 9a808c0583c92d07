/** The peers: PyTorch and TensorFlow, each a Python process of one thread that takes its turns when it is told to. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Dataset } from "@braid/lstm";
import type { Candidate } from "./candidates.ts";

/** What a peer is to train: `models` at once where it can stack them, `processes` side by side. */
export interface PeerOptions {
  readonly python: string;
  readonly dataset: Dataset;
  readonly hidden: number;
  readonly models?: number;
  readonly processes?: number;
}

/** PyTorch: an nn.LSTM or, of more models than one, their stacked form; or why there is none. */
export function torchPeer({ models = 1, processes = 1, ...options }: PeerOptions) {
  const what = models > 1 ? `${models} models stacked` : "nn.LSTM";
  return peer("PyTorch", "torch_peer.py", what, { ...options, models, processes });
}

/** TensorFlow: a keras.layers.LSTM in a compiled graph; or why there is none. */
export function tensorflowPeer(options: PeerOptions) {
  return peer("TensorFlow", "tensorflow_peer.py", "keras LSTM", { models: 1, processes: 1, ...options });
}

async function peer(
  name: string,
  script: string,
  what: string,
  { python, dataset, hidden, models, processes }: Required<PeerOptions>,
): Promise<Candidate | string> {
  const { sequences, steps, inputs } = dataset;
  const args = [sequences, steps, inputs, hidden, models].map(String);
  const started = await Promise.all(Array.from({ length: processes }, () => startPeer(python, script, args)));
  const [first] = started;
  if (started.some((one) => "complaint" in one) || first === undefined || "complaint" in first) {
    for (const one of started) if ("close" in one) one.close();
    const complaint = started.find((one) => "complaint" in one)?.complaint ?? "";
    return `${name}: ${python}: ${complaint}; --python names a Python that has it`;
  }
  const children = started as Peer[];
  return {
    name: `${name} ${first.version}, ${what}${processes > 1 ? `, ${processes} processes` : ""}`,
    share: models > 1 || name === "TensorFlow" ? 0.1 : 1,
    async time(epochs) {
      const times = await Promise.all(children.map((child) => child.ask(epochs)));
      return Math.max(...times) / processes;
    },
    close: () => {
      for (const child of children) child.close();
    },
  };
}

interface Peer {
  readonly version: string;
  /** Milliseconds per model-epoch. */
  ask(epochs: number): Promise<number>;
  close(): void;
}

async function startPeer(
  python: string,
  script: string,
  args: readonly string[],
): Promise<Peer | { readonly complaint: string }> {
  const child = spawn(python, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
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
  if (done) return { complaint: complaint.trim().split("\n").at(-1) || "it ended without a word" };
  return {
    version,
    async ask(epochs) {
      child.stdin.write(`${epochs}\n`);
      return Number((await lines.next()).value);
    },
    close: () => child.stdin.end(),
  };
}
