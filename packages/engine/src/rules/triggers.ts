/**
 * What can make an output out of date: the content of inputs, the list of inputs and their roles, params, code, the
 * prefix that starts commands in a software environment, and an edit of the output itself.
 */
export const triggers = ["mtime", "input", "params", "code", "software-env", "output"] as const;
export type Trigger = (typeof triggers)[number];
