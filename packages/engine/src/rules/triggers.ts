/** What can make an output out of date: an input's content, which inputs there are, params, code. */
export const triggers = ["mtime", "input", "params", "code"] as const;
export type Trigger = (typeof triggers)[number];

/** What a user reads who names Snakemake's fifth. */
export const environmentHint =
  "A prefix, which starts a software environment, is part of the code: name code.";
