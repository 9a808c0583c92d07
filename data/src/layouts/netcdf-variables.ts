/** What the readers of NetCDF files give: variables as they are stored. */

/** A variable's numbers, and the attributes that say what they mean. */
export interface Variable {
  readonly values: ArrayLike<number | bigint>;
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** The variables of a file by name. */
export type Variables = ReadonlyMap<string, Variable>;
