/** The live view: follows the run of a working folder in a browser, from its journal. */
export { findLiveView } from "./address.ts";
export { serveLiveView } from "./server.ts";
export { startLiveView } from "./start.ts";
