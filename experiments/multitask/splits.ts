/**
 * Splits: the same experiment on other train, validation and test days, so that a verdict can be repeated over years. Each split is an
 * experiment with a folder of its own below that of the experiment: `expA/split_1`.
 */
import { BraidError, cannot } from "braid-engine";
import type { Experiment } from "./config.ts";
import type { Chosen } from "./variants.ts";

/** A split, and the experiment on its days. */
interface Split {
  readonly name: string;
  readonly experiment: Experiment;
}

/** The name of an experiment's split, which is its folder. */
const splitName = (experiment: string, split: string) => `${experiment}/split_${split}`;

/** The splits of an experiment, in the order of the config. @throws if two have one name or the same days. */
function splitsOf({ splits = [], ...experiment }: Experiment): Split[] {
  const { partitions: usual } = experiment;
  const named = splits.map(({ name, train, validation, test }, i) => ({
    name: name ?? String(i + 1),
    experiment: {
      ...experiment,
      partitions: {
        train: train ?? usual.train,
        validation: validation ?? usual.validation,
        test: test ?? usual.test,
      },
    },
  }));
  named.forEach(({ name, experiment: { partitions } }, i) => {
    const before = named.slice(0, i);
    if (before.some((other) => other.name === name))
      throw cannot("use split", name, "two splits have this name", {
        hint: "A split without a name has its number in the list.",
      });
    const text = JSON.stringify(partitions);
    const same = before.find((other) => JSON.stringify(other.experiment.partitions) === text);
    if (same !== undefined)
      throw cannot("use split", name, `it has the same days as split "${same.name}"`, {
        hint: "A split names the days that differ from `partitions`: train, validation or test.",
      });
  });
  return named;
}

/** Each split of a chosen experiment, as an experiment that is chosen; a variant's splits stand behind those of the same name. */
export function chosenSplits(chosen: Chosen): { readonly name: string; readonly chosen: Chosen }[] {
  return splitsOf(chosen.experiment).map((split) => ({
    name: split.name,
    chosen: {
      name: splitName(chosen.name, split.name),
      experiment: split.experiment,
      before: chosen.before.map(({ name, experiment }) => ({
        name: splitName(name, split.name),
        experiment: () => {
          const same = splitsOf(experiment()).find((other) => other.name === split.name);
          if (same === undefined) throw cannot("use split", split.name, `${name} does not have it`);
          return same.experiment;
        },
      })),
    },
  }));
}

/** What `resolve` gives; an error says which split it is about. */
export async function inSplit<T>(name: string, resolve: () => Promise<T>): Promise<T> {
  try {
    return await resolve();
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    throw new BraidError(`Cannot use split "${name}": ${error.message}`, { cause: error });
  }
}
