/** Properties try the same cases in each run of the suite; `SEED=2` tries others. */
import { configureGlobal } from "fast-check";

configureGlobal({ seed: Number(process.env.SEED ?? 1) });
