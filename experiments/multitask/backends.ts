/** The optional backends of the trainer: their packages are imported only when one is chosen. */
import type { BackendPackages } from "@braid/lstm";

export const packages: BackendPackages = {
  native: () => import("@braid/lstm-native"),
  gpu: () => import("@braid/lstm-gpu"),
  tfjs: () => import("@braid/lstm-tfjs"),
};
