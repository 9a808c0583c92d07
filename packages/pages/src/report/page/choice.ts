/** What the reader has chosen; kept in the address, so that a view can be passed on. */
import type { Report } from "../report.ts";

export interface Choice {
  partition: string;
  variable: string;
  score: string;
  site: string;
  /** A factor, or `best`: the one that is best at the site. */
  factor: string;
  /** One model of the site and factor; empty: all seeds. */
  seed: string;
  property: string;
  /** The multiple-comparison correction of the answer. */
  correction: string;
  /** What the map and the heat map colour by. */
  colour: string;
  /** The column that the table of sites is sorted by, with a `-` before it if the greatest comes first. */
  sort: string;
  /** Filters of the sites: a text, a verdict, limits of the property. Empty: all. */
  text: string;
  verdict: string;
  least: string;
  most: string;
  /** The days that the hydrograph shows, as 2003-01-31; empty: all. */
  from: string;
  to: string;
  /** `log` for a logarithmic axis of flow. */
  axis: string;
  /** `extremes` to draw the best and the worst model too. */
  models: string;
  section: string;
}

export interface Choices {
  readonly now: Readonly<Choice>;
  /** Another site or factor has other models: a seed that is not given with it is all seeds again. */
  set(change: Partial<Choice>): void;
  /** Calls back after every change with the keys that changed. */
  onChange(listener: (keys: ReadonlySet<string>) => void): void;
}

/** The choices that filter and sort sites. */
export const filterKeys = ["text", "verdict", "least", "most", "property", "correction"] as const;

export function choices(report: Report): Choices {
  const listeners: ((keys: ReadonlySet<string>) => void)[] = [];
  const now = chosenAtFirst(report, new URLSearchParams(location.hash.slice(1)));
  return {
    now,
    set(given) {
      const change = "site" in given || "factor" in given ? { seed: "", ...given } : given;
      // Another partition has other days.
      if ("partition" in change && change.partition !== now.partition)
        Object.assign(change, { from: "", to: "", ...given });
      const keys = new Set(
        Object.entries(change).flatMap(([key, value]) => (now[key as keyof Choice] === value ? [] : [key])),
      );
      if (keys.size === 0) return;
      Object.assign(now, change);
      const kept = Object.entries(now).filter(([, value]) => value !== "");
      history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
      for (const listener of listeners) listener(keys);
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** What the address asks for, where the report has it; else the first of each. */
export function chosenAtFirst(report: Report, asked: URLSearchParams): Choice {
  const allowed = Object.entries(allowedValues(report)).map(([key, values]) => {
    const value = asked.get(key);
    return [key, value !== null && values.includes(value) ? value : (values[0] ?? "")];
  });
  const free = Object.entries(freeValues).map(([key, pattern]) => {
    const value = asked.get(key) ?? "";
    return [key, pattern.test(value) ? value : ""];
  });
  return Object.fromEntries([...allowed, ...free]) as unknown as Choice;
}

const number = /^-?\d*\.?\d*(e-?\d+)?$/i;
const day = /^\d{4}-\d\d-\d\d$/;

/** Choices that are no list, and what they look like. */
const freeValues = {
  text: /^.{0,200}$/,
  verdict: /^(better|no difference|worse|refused)$/,
  least: number,
  most: number,
  from: day,
  to: day,
  axis: /^log$/,
  models: /^extremes$/,
  sort: /^-?\w+$/,
  section: /^[\w-]+$/,
};

/** Names of the attributes that some site has. */
export function attributesOf({ sites }: Report): string[] {
  return [...new Set(sites.flatMap((site) => Object.keys(site.properties)))];
}

/** The first of each is what the page opens with. */
function allowedValues(report: Report): Record<Exclude<keyof Choice, keyof typeof freeValues>, string[]> {
  const { partitions, variables, scores, sites, factors, seeds, opensAt } = report;
  return {
    // Results are judged on the test partition where there is one.
    partition: first(partitions, "test"),
    variable: [...variables],
    score: first(scores, "nse"),
    site: first(
      sites.map((site) => site.id),
      opensAt,
    ),
    factor: ["best", ...factors.map(String)],
    seed: ["", ...seeds.map(String)],
    property: attributesOf(report).sort((a, b) => Number(/area/.test(b)) - Number(/area/.test(a))),
    correction: corrections(report),
    colour: corrections(report).length > 0 ? ["verdict", "gain", "factor"] : ["gain", "factor"],
  };
}

/** The corrections under which the answering test judged a site, the usual one first. */
export function corrections({ verdicts }: Report): string[] {
  const judged = (verdicts?.counts ?? []).filter(
    ({ test, better, same, worse }) =>
      test === verdicts?.answer?.test && better.sites + same.sites + worse.sites > 0,
  );
  return first(
    judged.map(({ adjustment }) => adjustment),
    "benjamini_hochberg",
  );
}

function first(values: readonly string[], chosen: string): string[] {
  return [...values].sort((a, b) => Number(b === chosen) - Number(a === chosen));
}
