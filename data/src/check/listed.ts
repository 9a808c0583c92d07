/** Names in a message: the first ten, and how many more there are. */
const mostNamed = 10;

/** `a, b and 3 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
