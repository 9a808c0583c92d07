/**
 * Named streams of random numbers: the same name gives the same numbers on every machine.
 * Each purpose has its own stream, so that a longer gap list never moves the weather.
 */
import { log } from "./exact-math.ts";

/** One stream: `uniform` in (0, 1), `normal` with mean 0 and deviation 1. */
export interface Stream {
  uniform(): number;
  normal(): number;
}

/** The stream of a name, such as "1/01022500/weather" (generator: sfc32, seeded by FNV-1a of the name). */
export function randomStream(name: string): Stream {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  let a = hash | 0;
  let b = Math.imul(hash, 0x9e3779b1) | 0;
  let c = (hash ^ 0x5bd1e995) | 0;
  let counter = 1;
  let spare: number | undefined;

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  function uniform(): number {
    return (next() + 0.5) / 4294967296;
  }

  /** Marsaglia's polar method (1964): two at a time, the second is kept. */
  function normal(): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  }

  for (let i = 0; i < 15; i++) next(); // sfc32 needs a few rounds before seeds that differ little look unrelated
  return { uniform, normal };
}
