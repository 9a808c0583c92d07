/** Passes the active mutant on to programs and threads that a test starts: Stryker's own code reads this variable. */
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    mode?: "mutant" | "dry-run";
    activeMutant?: string;
  }
}

const mutant = inject("mode") === "mutant" ? inject("activeMutant") : undefined;
if (mutant === undefined) delete process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE];
else process.env[INSTRUMENTER_CONSTANTS.ACTIVE_MUTANT_ENV_VARIABLE] = mutant;
