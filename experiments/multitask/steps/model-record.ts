/** What a saved model says about itself, beside its weights and losses. */
import type { Training } from "../protocol.ts";
import type { Prepared } from "../sequences/prepared.ts";

export interface ModelRecord {
  readonly experiment: string;
  /** The site that it learnt from, or the unit and its sites. */
  readonly site?: string;
  readonly unit?: string;
  readonly sites?: readonly string[];
  readonly factor: number;
  readonly seed: number;
  readonly drivers: readonly string[];
  /** One per head, the primary first. */
  readonly variables: readonly string[];
  /** Variables whose head saw no gradient: it predicts nothing. */
  readonly untrained: readonly string[];
  /** (v - mean) / std of drivers and variables; a variable with epsilon > 0 enters as ln(v + epsilon). `ySites`: by site of a unit. */
  readonly scaler: Pick<Prepared, "x" | "y" | "ySites">;
  readonly training: Training;
  readonly backend: string;
  readonly device: string;
}
