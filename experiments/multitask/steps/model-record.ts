/** What a saved model says about itself, beside its weights and losses. */
import type { Training } from "../resolve.ts";
import type { Prepared } from "../sequences/prepared.ts";

export interface ModelRecord {
  readonly experiment: string;
  readonly site: string;
  readonly factor: number;
  readonly seed: number;
  readonly drivers: readonly string[];
  /** One per head, the primary first. */
  readonly variables: readonly string[];
  /** Variables whose head saw no gradient: it predicts nothing. */
  readonly untrained: readonly string[];
  /** (v - mean) / std of drivers and variables; a variable with epsilon > 0 enters as ln(v + epsilon). */
  readonly scaler: Pick<Prepared, "x" | "y">;
  readonly training: Training;
  readonly backend: string;
  readonly device: string;
}
