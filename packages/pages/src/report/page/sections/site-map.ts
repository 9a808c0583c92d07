/** Where sites are, coloured by their verdict, their gain or their best factor. */
import * as Plot from "@observablehq/plot";
import { count } from "braid-engine/quantities";
import { select } from "../../../shared/elements.ts";
import type { Outline } from "../../outline.ts";
import type { Report } from "../../report.ts";
import { verdictWords } from "../answer.ts";
import { filterKeys } from "../choice.ts";
import { load } from "../data.ts";
import { figure } from "../figure.ts";
import { gainColours } from "../gain-colours.ts";
import { median, sixDigits } from "../numbers.ts";
import { factorColours, palette } from "../palette.ts";
import { chooseAtClick } from "./click.ts";
import { type Context, chosenWords } from "./context.ts";
import { type SiteRow, shownRows } from "./site-rows.ts";
import { gainWords } from "./sites.ts";

interface Place extends SiteRow {
  readonly latitude: number;
  readonly longitude: number;
  /** The verdict or the factor that it is coloured by. */
  readonly kind: string;
}

/** Null where the list of sites says of none where it is. */
export function siteMap(context: Context): HTMLElement | null {
  const { report, choices } = context;
  if (!report.sites.some((site) => site.latitude !== null && site.longitude !== null)) return null;
  const names = { verdict: "verdict", gain: "gain", factor: "factor" };
  const offered = Object.entries(names).filter(([key]) => key !== "verdict" || choices.now.correction !== "");
  const colour = select("Colour by", offered, choices.now.colour, (value) => choices.set({ colour: value }));
  return figure(context, {
    name: "map",
    file: "map-of-sites",
    title: "Map of the sites",
    controls: [colour],
    dependsOn: ["partition", "variable", "score", "colour"],
    follows: ["site", ...filterKeys],
    async draw(width) {
      const rows = await shownRows(context);
      const judged = rows.some((row) => row.verdict !== null);
      // Verdicts stand only beside the scores that they judge.
      const by = choices.now.colour === "verdict" && !judged ? "gain" : choices.now.colour;
      const places = placesOf(report, rows, by);
      if (places.length === 0) return "No site that passes the filters has a latitude and a longitude.";
      const svg = draw(context, places, await load<Outline | null>("outline"), by, width);
      chooseAtClick(svg, (place: Place) => choices.set({ site: place.id }));
      return {
        svg,
        finding: findingOf(places, judged, report.verdicts?.answer?.test === "any_better"),
        caption: `${chosenWords(context)}. Colour: ${by}${by === "gain" ? " over factor 0, at the factor of the table" : ""}. The ring is the chosen site; a click chooses another.`,
        columns: ["site", "latitude", "longitude", "verdict", "factor", "gain"],
        rows: places.map((place) => [
          ...[place.id, place.latitude, place.longitude, place.verdict ?? "", place.factor ?? ""],
          sixDigits(place.gain),
        ]),
      };
    },
  });
}

function placesOf(report: Report, rows: readonly SiteRow[], by: string): Place[] {
  // Sites that differ lie on top.
  const order = ["refused", "no difference", "worse", "better"];
  const ordered = rows.toSorted((a, b) => order.indexOf(a.verdict ?? "") - order.indexOf(b.verdict ?? ""));
  return ordered.flatMap((row) => {
    const { latitude, longitude } = report.sites[row.place]!;
    const kind = by === "factor" ? String(row.factor ?? "-") : (row.verdict ?? "");
    return latitude === null || longitude === null ? [] : [{ ...row, latitude, longitude, kind }];
  });
}

function draw(
  { report, choices }: Context,
  places: readonly Place[],
  outline: Outline | null,
  by: string,
  width: number,
): SVGElement | HTMLElement {
  const { ground, text, same } = palette();
  const chosen = places.filter((place) => place.id === choices.now.site);
  const domain = cornersAround(places, outline);
  const height = Math.round(Math.max(220, Math.min(420, width * 0.64)));
  const borders = { type: "MultiLineString" as const, coordinates: (outline ?? []) as [number, number][][] };
  const svg = Plot.plot({
    ...{ width, height, style: { fontSize: "12px", background: "none" } },
    projection: outline === null ? { type: "equirectangular", domain } : { type: "albers", domain, inset: 6 },
    ...scalesOf(report, by, places, width),
    marks: [
      Plot.geo(borders, { stroke: same, strokeWidth: 0.7, strokeOpacity: 0.6 }),
      Plot.dot(places, {
        ...{ x: "longitude", y: "latitude", strokeWidth: 1, r: 5.5 },
        // A gain near 0 has the colour of the ground.
        stroke: by === "gain" ? text : ground,
        fill: by === "gain" ? "gain" : "kind",
        symbol: by === "gain" ? "circle" : "kind",
      }),
      Plot.dot(chosen, { x: "longitude", y: "latitude", r: 9, stroke: text, strokeWidth: 2 }),
      Plot.tip(
        places,
        Plot.pointer({
          ...{ x: "longitude", y: "latitude", fill: ground },
          title: (place: Place) =>
            [
              place.name,
              place.verdict && verdictWords(report, place.verdict),
              `factor ${place.factor ?? "-"}, gain ${gainWords(place)}`,
            ]
              .filter((line) => line !== null)
              .join("\n"),
        }),
      ),
    ],
  });
  svg.style.color = text;
  return svg;
}

/** Colours and symbols: neighbouring factors have colours that are close, their shapes are not. */
function scalesOf(report: Report, by: string, places: readonly Place[], width: number) {
  const { factors } = report;
  const { better, worse, same } = palette();
  if (by === "gain") {
    const gains = places.map((place) => place.gain);
    return { color: gainColours(gains, "gain", width).color };
  }
  const shapes = ["circle", "triangle", "diamond2", "star", "cross", "wye", "square"] as const;
  const order = by === "factor" ? factors.map(String) : ["better", "no difference", "worse", "refused"];
  const present = order.filter((kind) => places.some((place) => place.kind === kind));
  const colours = by === "factor" ? factorColours(factors) : [better, same, worse, same];
  const verdictShapes = ["triangle", "circle", "square", "times"] as const;
  const shapeOf = (kind: string) =>
    by === "factor" ? shapes[order.indexOf(kind) % shapes.length]! : verdictShapes[order.indexOf(kind)]!;
  return {
    color: {
      type: "categorical",
      domain: present,
      range: present.map((kind) => colours[order.indexOf(kind)]!),
    },
    symbol: {
      ...{ domain: present, range: present.map(shapeOf), legend: true },
      tickFormat: (kind: string) => verdictWords(report, kind),
    },
  } as const;
}

/** What the projection shows: the contiguous United States, or the places with some room around them. */
function cornersAround(places: readonly Place[], outline: Outline | null) {
  const margin = 1.5;
  const [xs, ys] = [places.map((place) => place.longitude), places.map((place) => place.latitude)];
  const around = [
    [Math.min(...xs) - margin, Math.min(...ys) - margin],
    [Math.max(...xs) + margin, Math.max(...ys) + margin],
  ];
  const states = [
    [-124.7, 25],
    [-67, 25],
    [-67, 49.3],
    [-124.7, 49.3],
    [-95, 49.5],
    [-80, 24.5],
  ];
  return { type: "MultiPoint" as const, coordinates: outline === null ? around : states };
}

/** Whether the gain lies in one part of the map: the sites with a gain above 0 in its western and in its eastern half. */
function findingOf(places: readonly Place[], judged: boolean, oneSided: boolean): string {
  const known = places.filter((place) => Number.isFinite(place.gain));
  const number = (kind: string) => places.filter((place) => place.verdict === kind).length;
  const worse = oneSided ? "" : `; worse: ${number("worse")}`;
  const counts = judged ? `Better: ${number("better")} of ${count(places.length, "site")}${worse}. ` : "";
  if (known.length < 4) return counts || `${count(places.length, "site")}.`;
  const middle = median(known.map((place) => place.longitude));
  const of = (half: readonly Place[]) => {
    const above = half.filter((place) => place.gain > 0).length;
    return `${above} of ${half.length}`;
  };
  const [west, east] = [
    known.filter((p) => p.longitude < middle),
    known.filter((p) => p.longitude >= middle),
  ];
  return `${counts}The gain lies above 0 at ${of(west)} sites of the western half and ${of(east)} of the eastern.`;
}
