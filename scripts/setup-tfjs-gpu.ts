/**
 * `pnpm run setup tfjs-gpu`: runs the install step of @tensorflow/tfjs-node-gpu, which the install of this project
 * leaves out: it downloads hundreds of megabytes, and of use only where CUDA 11 is.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

const help = `Usage: pnpm run setup tfjs-gpu

  Downloads TensorFlow's C library for GPUs and the binding of @tensorflow/tfjs-node-gpu 4.22 into
  node_modules, so that \`backend: tfjs\` computes on the GPU. It needs a 64-bit Linux or Windows with an NVIDIA
  GPU, CUDA 11.x and cuDNN 8, and a network. If you reinstall the dependencies, run this again.

  \`backend: gpu\` needs none of this, only NVIDIA's driver. Neither has been timed on a GPU: docs/backends.md.
`;

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) process.stdout.write(help);
else if (words.length > 0) stop(`"${words[0]}" is no option of it\n\n${help}`, 2);
else setUp();

function setUp(): void {
  let folder: string;
  try {
    const from = createRequire(new URL("../packages/lstm-tfjs/package.json", import.meta.url));
    folder = dirname(from.resolve("@tensorflow/tfjs-node-gpu/package.json"));
  } catch {
    stop(
      "the package is not there\n  Install the dependencies with the optional ones: npx -y pnpm@12 install",
      1,
    );
  }
  const path = [join(folder, "node_modules/.bin"), dirname(process.execPath), process.env.PATH].join(
    delimiter,
  );
  const { status } = spawnSync(process.execPath, ["scripts/install.js", "gpu", "download"], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: "inherit",
  });
  // The step reports some failures with exit code 0: whether the package loads is what counts.
  const trial = spawnSync(process.execPath, ["-e", 'require("@tensorflow/tfjs-node-gpu")'], {
    cwd: new URL("../packages/lstm-tfjs/", import.meta.url),
    encoding: "utf8",
  });
  if (status === 0 && trial.status === 0) {
    console.log("`backend: tfjs` has a GPU now.");
    return;
  }
  const cause = /Error: (.*)/.exec(trial.stderr)?.[1] ?? "its install step failed";
  stop(`${cause}\n  It needs CUDA 11.x with cuDNN 8, and a network for the download.`, 1);
}

function stop(cause: string, code: number): never {
  console.error(`Cannot set up @tensorflow/tfjs-node-gpu: ${cause}`);
  process.exit(code);
}
