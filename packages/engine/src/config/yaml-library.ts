/** The YAML library, loaded when there is YAML to read: it has 70 files, and many starts read none. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export const yaml = (): typeof import("yaml") => require("yaml");
