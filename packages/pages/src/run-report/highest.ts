/** The `most` items of the highest value, the highest first; of equal ones those that come first. */
export function highest<T>(items: Iterable<T>, most: number, value: (item: T) => number): T[] {
  const found: { readonly item: T; readonly value: number }[] = [];
  for (const item of items) {
    const own = value(item);
    if (found.length === most && own <= found[most - 1]!.value) continue;
    let at = found.length;
    while (at > 0 && found[at - 1]!.value < own) at--;
    found.splice(at, 0, { item, value: own });
    if (found.length > most) found.pop();
  }
  return found.map(({ item }) => item);
}
