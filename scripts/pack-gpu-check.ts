/**
 * `pnpm bundle gpu-check [FILE]`: gpu-check.sh, Node, the trainer and PyTorch's numbers in one archive, for a
 * machine with a GPU and nothing else.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const help = `Usage: pnpm bundle gpu-check [FILE]

  Packs a check of the gpu backend into FILE [braid-gpu-check.tar.gz], for another 64-bit Linux machine. There, run:

    tar -xzf braid-gpu-check.tar.gz && sh braid-gpu-check/main/scripts/gpu-check.sh
`;

const root = join(import.meta.dirname, "..");
const packages = join(root, "packages");

/** What goes where in the archive. The trainer's data lies beside the repository, as it does here. */
function contents(): [from: string, to: string][] {
  const koffi = realpathSync(join(packages, "lstm-gpu/node_modules/koffi"));
  const sources = ["lstm/src", "lstm/bench", "lstm/package.json", "lstm-gpu/src", "lstm-gpu/package.json"];
  return [
    [realpathSync(process.execPath), "node"],
    ...sources.map((path): [string, string] => [join(packages, path), `main/packages/${path}`]),
    [join(root, "scripts/gpu-check.sh"), "main/scripts/gpu-check.sh"],
    [koffi, "main/node_modules/koffi"],
    [
      realpathSync(join(dirname(koffi), "@koromix/koffi-linux-x64")),
      "main/node_modules/@koromix/koffi-linux-x64",
    ],
    [
      join(root, "../shared/data/fixtures/torch_lstm_float64.json"),
      "shared/data/fixtures/torch_lstm_float64.json",
    ],
  ];
}

function pack(file: string): void {
  const folder = mkdtempSync(join(tmpdir(), "braid-gpu-check-"));
  try {
    for (const [from, to] of contents()) {
      if (!existsSync(from)) {
        console.error(`Not packed, since it is not here: ${from}`);
        continue;
      }
      mkdirSync(dirname(join(folder, "braid-gpu-check", to)), { recursive: true });
      cpSync(from, join(folder, "braid-gpu-check", to), { recursive: true, dereference: true });
    }
    // A link, as here: below a real node_modules, Node takes no TypeScript.
    const linked = join(folder, "braid-gpu-check/main/node_modules/@braid");
    mkdirSync(linked, { recursive: true });
    symlinkSync("../../packages/lstm", join(linked, "lstm"));
    const { status, stderr } = spawnSync("tar", ["-czf", file, "-C", folder, "braid-gpu-check"], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`Cannot pack: tar failed: ${stderr.trim()}`);
    console.log(`${file}: ${Math.round(statSync(file).size / 1e6)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const words = process.argv.slice(2);
if (words.includes("--help") || words.includes("-h")) process.stdout.write(help);
else if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(
    "Cannot pack: the archive is for 64-bit Linux on x64, and takes its Node from the machine it is packed on",
  );
  process.exitCode = 1;
} else pack(resolve(words[0] ?? "braid-gpu-check.tar.gz"));
