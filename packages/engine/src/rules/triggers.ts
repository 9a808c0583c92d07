/**
 * What can make an output out of date: an input's content, which inputs there are, params, code, and the prefix that
 * starts commands in a software environment.
 */
export const triggers = ["mtime", "input", "params", "code", "software-env"] as const;
export type Trigger = (typeof triggers)[number];
