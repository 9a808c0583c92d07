/** The public names of the statistics package. */
export { blockSample, clusterSample, type Interval, percentileInterval } from "./bootstrap.ts";
export { type MaxT, maxT, signFlipMaxT } from "./max-t.ts";
export { benjaminiHochberg, benjaminiYekutieli, holm } from "./multiple.ts";
export { median, quantile, ranks } from "./order.ts";
export { type Random, random, shuffle } from "./random.ts";
export {
  type Alternative,
  type Estimate,
  hodgesLehmann,
  type SignedRank,
  type SignFlips,
  signedRank,
  signFlips,
  smallestP,
} from "./signed-rank.ts";
export { expandedTail } from "./student.ts";
