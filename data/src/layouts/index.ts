/** Published data sets, each in its own layout. */
export { describeImport } from "./describe.ts";
export { importLayout } from "./import-layout.ts";
export { layouts } from "./layouts.ts";
