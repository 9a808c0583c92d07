/** The tests that every backend must pass; the package of each backend runs them. */
export { testDistribution } from "./distribution.ts";
export { float32, testEquivalence, upTo } from "./equivalence.ts";
export { testMemory } from "./memory.ts";
export { type Nearness, testProtocol } from "./protocol.ts";
export { testTraining } from "./training.ts";
export { testUnits } from "./units.ts";
