/** Figures of a run larger than any that was made, on the line through two that were. */
import type { SimulationFigures } from "./simulate.ts";

/** Every figure at `jobs`, from runs of fewer jobs on as many slots. */
export function extrapolate(
  smaller: SimulationFigures,
  larger: SimulationFigures,
  jobs: number,
): SimulationFigures {
  const share = (jobs - larger.jobs) / (larger.jobs - smaller.jobs);
  return Object.fromEntries(
    Object.entries(larger).map(([name, value]) => [
      name,
      value + share * (value - smaller[name as keyof SimulationFigures]),
    ]),
  ) as unknown as SimulationFigures;
}
