import { afterEach, describe, expect, test, vi } from "vitest";
import { refuseMixing, withBackend } from "./backend.ts";

const shape = { inputs: 2, hidden: 3, outputs: 1 };
const spec = { backend: "reference", simd: "auto", gpus: null } as const;

describe("the backend of a process", () => {
  test("serves one call at a time, in their order, also after one that failed", async () => {
    const seen: string[] = [];
    const call = (name: string, fails = false) =>
      withBackend(
        spec,
        shape,
        () => {},
        async () => {
          seen.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 1));
          seen.push(`${name} ends`);
          if (fails) throw new Error(name);
        },
      );
    const results = await Promise.allSettled([call("a"), call("b", true), call("c")]);
    expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  describe("auto that nobody decided, on the machine of a queue", () => {
    const undecided = { backend: "auto", simd: "auto", gpus: null } as const;
    const logged: string[] = [];
    const log = (text: string) => void logged.push(text);
    const taken = () => withBackend(undecided, shape, log, async ({ name }) => name);
    afterEach(() => vi.unstubAllEnvs());

    test("is wasm where the queue gave no GPU, whatever the machine has", async () => {
      for (const name of ["SLURM_JOB_GPUS", "CUDA_VISIBLE_DEVICES"]) vi.stubEnv(name, "");
      expect(await taken()).toBe("wasm");
      expect(logged[0]).toBe("GPU passed over: the queue gave this task none");
    });

    test("is an error where the queue gave one that does not answer", async () => {
      vi.stubEnv("SLURM_JOB_GPUS", "0");
      await expect(taken()).rejects.toThrow("SLURM_JOB_GPUS says that a GPU is allocated, and none answers");
    });
  });

  test("a GPU beyond those that were found is an error", async () => {
    const gpus = { driver: "cuda", devices: [0, 2] } as const;
    const call = { backend: "gpu", simd: "auto", gpus, device: 2 } as const;
    await expect(
      withBackend(
        call,
        shape,
        () => {},
        async () => {},
      ),
    ).rejects.toThrow(
      'Cannot use GPU "2": this machine has 2, counted from 0\n  Leave --resources gpu out: a run uses those that it finds.',
    );
  });

  test("is said in the log", async () => {
    const logged: string[] = [];
    await withBackend(
      spec,
      shape,
      (text) => logged.push(text),
      async () => {},
    );
    expect(logged.join()).toContain("Backend reference");
  });
});

describe("what two backends made", () => {
  test("is not mixed, and the error says both ways out", () => {
    expect(() => refuseMixing("predict with", "trained_model", "gpu", "wasm", false)).toThrow(
      'Cannot predict with "trained_model": backends are mixed: it comes from "gpu", and "wasm" is used beside it\n' +
        "  Use one backend per experiment (--backend gpu), or allow mixing: --mixBackends true",
    );
  });

  test("is mixed when asked for", () => {
    expect(() => refuseMixing("predict with", "trained_model", "gpu", "wasm", true)).not.toThrow();
  });
});
