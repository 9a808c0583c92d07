import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun, run } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { resolveConfig } from "./resolve.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { smallExperiment } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const entry = { ...smallExperiment, sites: ["01022500"] };
const variants = {
  slow: { "training.learningRate": 0.001, "training.epochs": 3 },
  short: { sequence: { length: 100 } },
  shorter: { "sequence.length": 100, "model.hidden": 2 },
};

const resolved = (experiment: string, own: Record<string, unknown> = variants, data = madeUpData()) =>
  resolveConfig(Config.parse({ data, experiment, experiments: { expA: { ...entry, variants: own } } }));
const message = async (own: Record<string, unknown>) =>
  resolved("expA@one", { one: own }).then(
    () => "nothing",
    (error: Error) => error.message,
  );

describe("a variant", () => {
  test("is its experiment but for the keys that it overrides, in a folder of its own", async () => {
    const data = madeUpData();
    const base = await resolved("expA", variants, data);
    const slow = await resolved("expA@slow", variants, data);
    const { name, training, ...others } = slow;
    expect(name).toBe("expA@slow");
    expect(training).toEqual({ ...base.training, learningRate: 0.001, epochs: 3 });
    const { name: _, training: __, ...same } = base;
    expect(others).toEqual({ ...same, preparedBy: "expA" });
  });

  test("takes nested keys as well as dotted ones, and leaves the others of a group as they are", async () => {
    expect((await resolved("expA@short")).prepare.sequence).toEqual({ length: 100, warmup: 30 });
    expect((await resolved("expA@shorter")).prepare.sequence).toEqual({ length: 100, warmup: 30 });
  });

  test("uses the prepared data of the first before it that prepares the same", async () => {
    expect((await resolved("expA")).preparedBy).toBeUndefined();
    expect((await resolved("expA@slow")).preparedBy).toBe("expA");
    expect((await resolved("expA@short")).preparedBy).toBeUndefined();
    expect((await resolved("expA@shorter")).preparedBy).toBe("expA@short");
  });

  test("runs beside its experiment, and prepares nothing again", async () => {
    const [data, folder] = [madeUpData(), newFolder()];
    const rulesOf = async (name: string) => workflow.rules(await resolved(name, variants, data));
    expect((await run({ rules: await rulesOf("expA"), folder, slots: 1 })).outcome).toBe("done");
    const { counts } = dryRun({ rules: await rulesOf("expA@slow"), folder });
    expect(Object.fromEntries(counts)).toMatchObject({ train_model: 4, combine_metrics: 1 });
    expect(counts.has("prep_io_data")).toBe(false);
    expect((await run({ rules: await rulesOf("expA@slow"), folder, slots: 1 })).outcome).toBe("done");
    const text = readFileSync(join(folder, "expA@slow/overall_metrics.csv"), "utf8");
    expect(text.split("\n")[1]).toMatch(/^expA@slow,01022500,/);
    expect(dryRun({ rules: await rulesOf("expA"), folder }).counts.size).toBe(0);
    // A variant that runs first prepares where the others look.
    const first = newFolder();
    await run({ rules: await rulesOf("expA@slow"), folder: first, slots: 1 });
    expect(existsSync(join(first, "expA/site_id_01022500/prepped_data.npz"))).toBe(true);
    expect(dryRun({ rules: await rulesOf("expA"), folder: first }).counts.has("prep_io_data")).toBe(false);
  });
});

describe("a variant that is wrong says why", () => {
  test.each<[Record<string, unknown>, string]>([
    [
      { "training.learningrate": 0.1 },
      'Cannot use variant "expA@one": the experiment has no key "training.learningrate"\n  Did you mean training.learningRate?',
    ],
    [{ trainning: { epochs: 1 } }, 'the experiment has no key "trainning"\n  Did you mean training?'],
    [{ variants: {} }, 'the experiment has no key "variants"'],
    [
      { "training.epochs": "many" },
      'Cannot use variant "expA@one": training.epochs is "many"\n  expected  number, received string',
    ],
    [{ "training.dropout": 1 }, 'Cannot use variant "expA@one": training.dropout is 1'],
    [{ "sequence.warmup": 300 }, "its warmup of 300 days leaves nothing of its length of 200"],
  ])("%o", async (own, wanted) => {
    expect(await message(own)).toContain(wanted);
  });

  test("and a name that no variant has", async () => {
    await expect(resolved("expA@slwo")).rejects.toThrow(
      'Cannot run experiment "expA@slwo": expA has no variant of this name\n  it has  slow, short, shorter\n  Add it to the config: experiments.expA.variants.slwo',
    );
    await expect(resolved("expB@slow")).rejects.toThrow("the config has no experiment of this name");
  });

  test("and a name that cannot be a folder", () => {
    const config = { data: ".", experiments: { expA: { ...entry, variants: { "a/b": {} } } } };
    expect(() => Config.parse(config)).toThrow("since it names a folder");
  });
});
