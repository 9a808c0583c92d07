/** What the reader has chosen; kept in the address, so that a view can be passed on. */
import type { Report } from "../report.ts";

export interface Choice {
  partition: string;
  variable: string;
  score: string;
  site: string;
  factor: string;
  /** One model of the site and factor; empty: all seeds. */
  seed: string;
  property: string;
}

export interface Choices {
  readonly now: Readonly<Choice>;
  /** Another site or factor has other models: a seed that is not given with it is all seeds again. */
  set(change: Partial<Choice>): void;
  /** Calls back after every change with the keys that changed. */
  onChange(listener: (keys: ReadonlySet<string>) => void): void;
}

export function choices(report: Report): Choices {
  const allowed = allowedValues(report);
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];
  const asked = new URLSearchParams(location.hash.slice(1));
  const now = Object.fromEntries(
    Object.entries(allowed).map(([key, values]) => {
      const value = asked.get(key);
      return [key, value !== null && values.includes(value) ? value : (values[0] ?? "")];
    }),
  ) as unknown as Choice;
  return {
    now,
    set(given) {
      const change = "site" in given || "factor" in given ? { seed: "", ...given } : given;
      const keys = new Set(
        Object.entries(change).flatMap(([key, value]) => (now[key as keyof Choice] === value ? [] : [key])),
      );
      if (keys.size === 0) return;
      Object.assign(now, change);
      const text = new URLSearchParams({ ...now }).toString();
      history.replaceState(null, "", `#${text}`);
      for (const listener of listeners) listener(keys);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** The first of each is what the page opens with. */
function allowedValues({
  partitions,
  variables,
  scores,
  sites,
  factors,
  seeds,
}: Report): Record<keyof Choice, string[]> {
  const properties = [...new Set(sites.flatMap((site) => Object.keys(site.properties)))];
  return {
    // Results are judged on the test partition where there is one.
    partition: [...partitions].sort((a, b) => Number(b === "test") - Number(a === "test")),
    variable: [...variables],
    score: [...scores].sort((a, b) => Number(b === "nse") - Number(a === "nse")),
    site: sites.map((site) => site.id),
    factor: factors.map(String).sort((a, b) => Number(b === "1") - Number(a === "1")),
    seed: ["", ...seeds.map(String)],
    property: properties.sort((a, b) => Number(/area/.test(b)) - Number(/area/.test(a))),
  };
}
