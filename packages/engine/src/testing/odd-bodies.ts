/** A workflow whose bodies do what bodies should not, for tests of executors: they load it in their runners. */
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { rule } from "../rules/rule.ts";
import { workflow } from "../rules/workflow.ts";

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const write = ({ output, wildcards }: { output: string; wildcards: { n: string } }) =>
  writeFileSync(output, `job ${wildcards.n}`);

export default workflow({
  rules: {
    fine: rule({ output: "fine/{n}", run: write }),
    waits: rule({
      output: "waits/{n}",
      run: async (job) => {
        await wait(20);
        write(job);
      },
    }),
    throws: rule({
      output: "throws/{n}",
      run: (job) => {
        if (job.wildcards.n === "2") throw new Error("thrown on purpose");
        write(job);
      },
    }),
    rejects: rule({
      output: "rejects/{n}",
      run: async (job) => {
        await wait(5);
        if (job.wildcards.n === "2") throw new Error("rejected on purpose");
        write(job);
      },
    }),
    // What it throws cannot even be told.
    crashes: rule({
      output: "crashes/{n}",
      run: (job) => {
        write(job);
        const stack = {
          get() {
            throw new Error("no stack, on purpose");
          },
        };
        throw Object.defineProperty(new Error(), "stack", stack);
      },
    }),
    prints: rule({
      output: "prints/{n}",
      run: (job) => {
        job.log("a line of its own");
        for (let i = 0; i < 2_000; i++) job.log(`line ${i} ${"x".repeat(100)}`);
        write(job);
      },
    }),
    console: rule({
      output: "console/{n}",
      run: (job) => {
        console.log("printed on purpose");
        console.error("an error line");
        write(job);
      },
    }),
    compiled: rule({
      output: "compiled/{n}",
      run: (job) => {
        console.log(process.env.NODE_COMPILE_CACHE);
        write(job);
      },
    }),
    stuck: rule({
      output: "stuck/{n}",
      run: async (job) => {
        if (job.wildcards.n !== "2") await new Promise<void>(() => {});
        write(job);
      },
    }),
    stuckTogether: rule({ output: "stuckTogether/{n}", runBatch: () => new Promise<void>(() => {}) }),
    hangs: rule({
      output: "hangs/{n}",
      run: async (job) => {
        if (job.wildcards.n === "2") await new Promise<void>(() => setInterval(() => {}, 1_000));
        write(job);
      },
    }),
    spins: rule({
      output: "spins/{n}",
      run: (job) => {
        while (job.wildcards.n === "2") Math.random();
        write(job);
      },
    }),
    exits: rule({
      output: "exits/{n}",
      run: (job) => {
        if (job.wildcards.n === "2") process.exit(7);
        write(job);
      },
    }),
    dies: rule({
      output: "dies/{n}",
      run: (job) => {
        // Node's own way out, which nobody can stand in.
        if (job.wildcards.n === "2") (process as unknown as { reallyExit(code: number): void }).reallyExit(7);
        write(job);
      },
    }),
    forgetsPromise: rule({
      output: "forgetsPromise/{n}",
      run: async (job) => {
        if (job.wildcards.n === "2") void Promise.reject(new Error("forgotten on purpose"));
        write(job);
      },
    }),
    lateError: rule({
      output: "lateError/{n}",
      run: (job) => {
        write(job);
        setTimeout(() => {
          throw new Error("too late");
        }, 10);
      },
    }),
    together: rule({
      output: "together/{n}",
      runBatch: async (batch) => {
        for (const job of batch) {
          write(job);
          job.done();
          job.done();
          job.fail(new Error("after its end"));
        }
      },
    }),
    forgets: rule({
      output: "forgets/{n}",
      runBatch: (batch) => {
        write(batch[0]!);
        batch[0]!.done();
      },
    }),
    failsOne: rule({
      output: "failsOne/{n}",
      runBatch: (batch) => {
        for (const job of batch)
          if (job.wildcards.n === "2") job.fail("not this one");
          else {
            write(job);
            job.done();
          }
      },
    }),
    throwsTogether: rule({
      output: "throwsTogether/{n}",
      runBatch: (batch) => {
        write(batch[0]!);
        batch[0]!.done();
        throw new Error("all of the rest");
      },
    }),
    hangsTogether: rule({
      output: "hangsTogether/{n}",
      runBatch: () => new Promise<void>(() => setInterval(() => {}, 1_000)),
    }),
    // Three of them must be at work at once.
    meets: rule({
      output: "meets/{n}",
      run: async ({ output }) => {
        writeFileSync(`${output}.here`, "");
        console.log(`came to ${output}`);
        while (readdirSync(dirname(output)).filter((file) => file.endsWith(".here")).length < 3)
          await wait(5);
        console.log(`leaves ${output}`);
        writeFileSync(output, String(threadId));
      },
    }),
    // Nothing else happens in its thread until another body lets it go.
    holds: rule({
      output: "holds/{n}",
      run: ({ output }) => {
        const sleep = new Int32Array(new SharedArrayBuffer(4));
        while (!existsSync(join(dirname(output), "let-go"))) Atomics.wait(sleep, 0, 0, 5);
        writeFileSync(output, String(threadId));
      },
    }),
    letsGo: rule({
      output: "letsGo/{n}",
      run: async ({ output }) => {
        await wait(5);
        writeFileSync(join(dirname(output), "let-go"), "");
        writeFileSync(output, String(threadId));
      },
    }),
    waitsLong: rule({
      output: "waitsLong/{n}",
      run: async ({ output }) => {
        await wait(400);
        writeFileSync(output, String(threadId));
      },
    }),
    waitsThenSpins: rule({
      output: "waitsThenSpins/{n}",
      run: async () => {
        await wait(100);
        for (;;) Math.random();
      },
    }),
    waitsThenDies: rule({
      output: "waitsThenDies/{n}",
      run: async () => {
        // The other call has begun meanwhile, on a busy machine too.
        await wait(200);
        (process as unknown as { reallyExit(code: number): void }).reallyExit(7);
      },
    }),
    stops: rule({
      output: "stops/{n}",
      runBatch: async (batch) => {
        for (const job of batch) {
          if (batch.stopping) return;
          write(job);
          job.done();
          await wait(30);
        }
      },
    }),
  },
});
