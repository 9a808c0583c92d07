/** Public names of the data package. */
export { makeSample, sampleFolder } from "./sample/make.ts";
