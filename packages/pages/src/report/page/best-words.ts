/** Which factor is best at the most sites, in a sentence. */
import { count } from "braid-engine/quantities";

/** Names all factors that share the first place. */
export function bestWords(rows: readonly { readonly factor: string; readonly sites: number }[]): string {
  const all = rows.reduce((sum, row) => sum + row.sites, 0);
  const most = Math.max(...rows.map((row) => row.sites));
  const best = rows.filter((row) => row.sites === most).map((row) => row.factor);
  const names =
    best.length === 1
      ? `Factor ${best[0]} is`
      : `Factors ${best.slice(0, -1).join(", ")} and ${best.at(-1)} are each`;
  const zero = rows.find((row) => row.factor === "0");
  const single = zero === undefined || zero.sites === most ? "" : `, single-task learning at ${zero.sites}`;
  return `${names} best at ${most} of ${count(all, "site")}${single}.`;
}
