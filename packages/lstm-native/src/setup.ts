/**
 * `pnpm run setup native`: compiles the kernel of the native backend with this machine's C compiler, and looks whether it
 * trains the model that the float64 reference trains, and how fast.
 */
import { LstmError, openBackend, type TrainedModel } from "@braid/lstm";
import { someDataset } from "@braid/lstm/bench";
import { compileNative } from "./compile.ts";

const help = `Usage: pnpm run setup native

  Compiles one C file for this processor, with \`cc\` or the compiler that CC names, into ~/.cache/braid (or
  XDG_CACHE_HOME), and checks it. Only \`--backend native\` uses it. If machines with different processors share
  the home folder, run this once on each kind.
`;

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) process.stdout.write(help);
else if (words.length > 0) stop(`Cannot set up the native backend: "${words[0]}" is no option\n\n${help}`, 2);
else await setUp();

async function setUp(): Promise<void> {
  try {
    const library = await compileNative();
    const native = await trained("native");
    const reference = await trained("reference");
    const apart = native.model.losses.map((loss, i) => Math.abs(loss / reference.model.losses[i]! - 1));
    if (!apart.every((part) => part < 1e-4))
      stop("Cannot use the native kernel: it does not train as the reference does on this processor", 1);
    const wasm = await trained("wasm");
    console.log(`${library}\n${native.device}: trains as the reference does.`);
    console.log(
      `A model-epoch takes ${native.milliseconds.toFixed(2)} ms, on wasm ${wasm.milliseconds.toFixed(2)} ms. Use it: --backend native`,
    );
  } catch (error) {
    if (!(error instanceof LstmError)) throw error;
    stop(error.message, 1);
  }
}

/** A model of the sample's sizes after ten epochs, and the least time of one. */
async function trained(name: "native" | "reference" | "wasm") {
  const dataset = someDataset(12, 365, 6);
  const spec = { hidden: 20, epochs: 10, learningRate: 0.01, loss: "rmse", batchSize: null } as const;
  const backend = await openBackend(name, { packages: { native: () => import("./index.ts") } });
  let model: TrainedModel | undefined;
  let milliseconds = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < (name === "reference" ? 1 : 20); turn++) {
    const began = performance.now();
    await backend.train(spec, [{ dataset, seed: 1, lossWeights: [1, 1] }], (_, result) => {
      if (result instanceof Error) throw result;
      model = result;
    });
    milliseconds = Math.min(milliseconds, (performance.now() - began) / spec.epochs);
  }
  const { device } = backend;
  backend.dispose();
  return { model: model!, device, milliseconds };
}

function stop(text: string, code: number): never {
  console.error(text);
  process.exit(code);
}
