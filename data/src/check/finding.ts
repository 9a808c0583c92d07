/** What a check found. Equal findings of a site become one, with a count and the first place. */

/** `error`: a run would break or learn from wrong numbers. `warning`: worth a look. */
export type Level = "error" | "warning";

export interface Finding {
  readonly level: Level;
  readonly file: string;
  /** Null where it is about the file as a whole. */
  readonly site: string | null;
  /** What is wrong, without the place: equal texts are counted together. */
  readonly text: string;
  /** The first place and what stands there; null where there is no one place. */
  readonly example: string | null;
  count: number;
}

/** Findings in the order in which their first one came. */
export interface Findings {
  add(level: Level, file: string, site: string | null, text: string, example?: string): void;
  all(): readonly Finding[];
}

const mostKinds = 10_000;

/** An empty list of findings; past ten thousand different ones it only counts. */
export function collectFindings(): Findings {
  const byKey = new Map<string, Finding>();
  return {
    add(level, file, site, text, example) {
      const key = `${level}\n${file}\n${site}\n${text}`;
      const known = byKey.get(key);
      if (known !== undefined) known.count += 1;
      else if (byKey.size < mostKinds || site === null)
        byKey.set(key, { level, file, site, text, example: example ?? null, count: 1 });
      else this.add("error", file, null, "there are more findings than can be listed");
    },
    all: () => [...byKey.values()],
  };
}
