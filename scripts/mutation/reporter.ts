/** A reporter for Stryker that hands each result to this process at once: Stryker itself writes files only at its end. */
import type { MutantResult } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";

let listener: (result: MutantResult) => void = () => {};

/** Calls `use` with each result of the runs that follow. */
export function onResult(use: (result: MutantResult) => void): void {
  listener = use;
}

class LineReporter {
  onMutantTested(result: Readonly<MutantResult>): void {
    listener(result);
  }
}

/** What Stryker looks for in a module of plugins. */
export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, "lines", LineReporter)];
