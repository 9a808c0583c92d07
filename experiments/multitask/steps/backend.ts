/**
 * The backend of this process: opened once, since a GPU takes long to wake, and used by one call at a time.
 * Also the guard of "one backend per experiment": its name travels from the saved model through predictions
 * and metrics to the gather, and each step refuses what another backend made, unless mixing is asked for.
 */

import {
  type Backend,
  type BackendChoice,
  type ChooseOptions,
  type Gpus,
  gpuAllocation,
  type ModelShape,
  openBackend,
  type Simd,
} from "@braid/lstm";
import { cannot } from "braid-engine";
import { packages } from "../backends.ts";
import { told } from "./batch.ts";

export interface BackendSpec {
  readonly backend: BackendChoice;
  readonly simd: Simd;
  /** Those that the run decided for; null where each machine finds its own. */
  readonly gpus: Gpus | null;
}

/** Of the devices that the engine gave to a call, the number of the first; without one the default is 0. */
export interface BackendOnDevice extends BackendSpec {
  readonly device?: number | undefined;
}

const opened = new Map<string, Promise<Backend>>();
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs `work` with the backend of `spec` for models of `shape`, after the calls before it.
 * Where nobody has decided what `auto` means, that is on the machines of a queue, it is the GPU that the queue
 * gave, else wasm. Where it cannot serve the shape, wasm takes its place, and `log` is told.
 */
export function withBackend<T>(
  { backend: choice, simd, gpus, device }: BackendOnDevice,
  shape: ModelShape,
  log: (text: string) => void,
  work: (backend: Backend) => Promise<T>,
): Promise<T> {
  const turn = last.then(async () => {
    const asked = choice === "auto" && gpuAllocation() === null ? "wasm" : choice;
    if (asked !== choice) log("GPU passed over: the queue gave this task none");
    let backend = await open(asked, simd, gpus, shape, device);
    const reason = backend.supports(shape);
    if (reason !== null) {
      if (choice !== "auto")
        throw cannot("use backend", choice, reason, { hint: "Choose another one, or auto." });
      log(`Backend ${backend.name} passed over: ${reason}`);
      backend = await open("wasm", simd, null, shape);
    }
    log(`Backend ${backend.name} (${backend.device})${backend.notes.map((note) => `; ${note}`).join("")}`);
    return work(backend);
  });
  last = turn.catch(() => undefined);
  return turn;
}

function open(
  choice: BackendChoice,
  simd: Simd,
  gpus: Gpus | null,
  { hidden }: ModelShape,
  number = 0,
): Promise<Backend> {
  const device = gpus === null ? { device: number } : gpuOf(gpus, number);
  const gpu: NonNullable<ChooseOptions["gpu"]> = { ...device, hidden };
  const key = `${choice} ${simd} ${gpu.driver} ${gpu.device}`;
  const known =
    opened.get(key) ??
    openBackend(choice, { packages, simd, gpu }).catch((error) => {
      throw told(error);
    });
  opened.set(key, known);
  return known;
}

/** The engine counts the GPUs that were found; their driver may have others that do not answer. */
function gpuOf({ driver, devices }: Gpus, number: number): NonNullable<ChooseOptions["gpu"]> {
  const device = devices[number];
  if (device !== undefined) return { driver, device };
  throw cannot("use GPU", String(number), `this machine has ${devices.length}, counted from 0`, {
    hint: "Leave --resources gpu out: a run uses those that it finds.",
  });
}

/** @throws where `made` by one backend meets another one and mixing was not asked for. */
export function refuseMixing(
  action: string,
  thing: string,
  made: string,
  other: string,
  mixBackends: boolean,
): void {
  if (mixBackends || made === other) return;
  throw cannot(
    action,
    thing,
    `backends are mixed: it comes from "${made}", and "${other}" is used beside it`,
    {
      hint: `Use one backend per experiment (--backend ${made}), or allow mixing: --mixBackends true`,
    },
  );
}
