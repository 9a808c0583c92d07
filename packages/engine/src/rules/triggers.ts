/**
 * What can make an output out of date: an input's content, which inputs there are and their roles, params, code, the
 * prefix that starts commands in a software environment, and the output itself where it is not what was made.
 */
export const triggers = ["mtime", "input", "params", "code", "software-env", "output"] as const;
export type Trigger = (typeof triggers)[number];
