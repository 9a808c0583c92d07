/** A stream of chance of its own for every use, so that a site's result does not depend on which others are there. */
import { type Random, random } from "@braid/statistics";

/** The stream that `seed` and these words name: FNV-1a of the words. */
export function stream(seed: number, ...words: readonly (string | number)[]): Random {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of words.join("\0")) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return random(hash | 0);
}
