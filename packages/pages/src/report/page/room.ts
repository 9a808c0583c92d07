/** Room that Plot does not leave by itself for the text around a drawing. */

/** The label of a horizontal axis: Plot puts it so low that descenders are cut off, and margins of 42 pixels have room for it here. */
export const xLabel = { labelArrow: "none", labelOffset: 36 } as const;
