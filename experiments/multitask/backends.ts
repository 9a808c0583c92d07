/** The optional backends of the trainer; each package is imported only when chosen. */
import type { BackendPackages } from "@braid/lstm";

export const packages: BackendPackages = {
  native: () => import("@braid/lstm-native"),
  gpu: () => import("@braid/lstm-gpu"),
  tfjs: () => import("@braid/lstm-tfjs"),
};
