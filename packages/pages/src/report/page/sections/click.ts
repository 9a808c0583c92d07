/** A click on a drawing chooses what its tip speaks of. */

/** Calls back with the value under the pointer; by keyboard the same is chosen in the table of sites. */
export function chooseAtClick<T>(drawing: Element, onChoose: (value: T) => void): void {
  drawing.addEventListener("click", () => {
    const { value } = drawing as unknown as { readonly value: T | null };
    if (value != null) onChoose(value);
  });
}
