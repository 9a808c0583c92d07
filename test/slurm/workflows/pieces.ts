/**
 * Jobs that write their output piece by piece, each piece signed by the process that writes it: outputs of
 * two attempts that were mixed would show. Every start is noted in a file of its own.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expand, rule, untracked, workflow } from "braid-engine";
import * as z from "zod";

const Config = z.strictObject({
  made: z.number().int().positive().describe("How many jobs"),
  pieces: z.number().int().positive().default(10).describe("Pieces of an output"),
  pause: z.number().min(0).default(100).describe("Milliseconds before each piece"),
  bytes: z.number().int().min(0).default(0).describe("Bytes to add to each piece"),
  slow: z.number().int().default(-1).describe("The number of a job that takes long"),
  slowPause: z.number().min(0).default(0).describe("Its milliseconds before each piece"),
  timeout: z.number().positive().default(3_600).describe("Seconds that a job may take"),
});

export default workflow({
  config: Config,
  rules: ({ made: jobs, pieces, pause, bytes, slow, slowPause, timeout }) => {
    const piece = rule({
      output: "made/{n}/pieces.txt",
      params: { pieces, pause: untracked(pause), bytes, slow: untracked({ slow, slowPause }) },
      timeout,
      run: async ({ output, wildcards: { n }, params }) => {
        const who = randomBytes(4).toString("hex");
        appendFileSync("starts.txt", `${n} ${who}\n`);
        for (let i = 0; i < params.pieces; i++) {
          await sleep(Number(n) === params.slow.slow ? params.slow.slowPause : params.pause);
          appendFileSync(output, `${n} ${i} ${who} ${"x".repeat(params.bytes)}\n`);
        }
      },
    });
    return {
      all: rule({ input: expand(piece.output, { n: Array.from({ length: jobs }, (_, n) => n) }) }),
      piece,
    };
  },
});
