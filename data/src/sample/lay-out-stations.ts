/**
 * Where the sample's 101 stations stand and what they are: numbers drawn within the climate of 14 regions.
 * Its answer is committed as data/sample/sites.csv; drawing it again gives the same file (tested).
 */
import { exp, log } from "./exact-math.ts";
import { randomStream } from "./random.ts";
import type { FlowRecord, Station, TemperatureRecord, Truth } from "./station.ts";

/** [least, most] */
type Range = readonly [number, number];

interface Region {
  /** First two digits of the site ids: the parts in which the USGS numbers its stations. */
  part: string;
  /** First two digits of the hydrologic unit. */
  huc2: string;
  name: string;
  latitude: Range;
  longitude: Range;
  elevation: Range;
  prcp: Range;
  winterStorms: Range;
}

const regions: readonly Region[] = (
  [
    ["01", "01", "New England", [42, 46.5], [-72.5, -67.5], [20, 450], [1000, 1350], [-0.1, 0.2]],
    ["02", "02", "Mid Atlantic", [38, 42], [-78.5, -74.5], [40, 500], [1000, 1250], [-0.2, 0.1]],
    ["02", "03", "South Atlantic", [30.5, 36.5], [-84, -78], [20, 700], [1100, 1600], [-0.2, 0.2]],
    ["03", "05", "Ohio", [36.8, 41.5], [-87, -79.5], [150, 650], [1000, 1300], [-0.2, 0.2]],
    ["04", "04", "Great Lakes", [41.5, 47], [-90, -77], [180, 400], [780, 1050], [-0.35, 0]],
    ["05", "07", "Upper Mississippi", [40, 47.5], [-95, -88.5], [200, 420], [700, 950], [-0.6, -0.3]],
    ["06", "10", "Missouri", [39, 47], [-110, -96], [350, 2400], [450, 900], [-0.6, -0.2]],
    ["07", "11", "Arkansas", [33.5, 38], [-100, -91], [100, 900], [750, 1300], [-0.5, -0.1]],
    ["08", "12", "Texas Gulf", [29.5, 33], [-100, -94.5], [40, 500], [750, 1250], [-0.2, 0.1]],
    ["09", "14", "Upper Colorado", [37.5, 41.5], [-110, -106], [1700, 2900], [500, 1000], [-0.1, 0.3]],
    ["10", "16", "Great Basin", [38, 41.8], [-119, -111.5], [1500, 2500], [480, 900], [0, 0.5]],
    ["11", "18", "California", [36.5, 41.5], [-123.5, -119], [60, 1700], [650, 1500], [0.6, 0.95]],
    ["12", "17", "Washington", [45.8, 48.8], [-124, -117.5], [40, 900], [900, 2400], [0.3, 0.8]],
    ["14", "17", "Oregon", [42.2, 45.6], [-123.8, -118], [60, 1400], [700, 2000], [0.3, 0.8]],
  ] as const
).map(([part, huc2, name, latitude, longitude, elevation, prcp, winterStorms]) => ({
  part,
  huc2,
  name,
  latitude,
  longitude,
  elevation,
  prcp,
  winterStorms,
}));

/**
 * How many stations of each kind there are; 101 in all. The truth is crossed with the flow record, since
 * temperature helps most where flow is seen seldom.
 */
const kinds: readonly (readonly [number, Truth, FlowRecord, TemperatureRecord])[] = [
  [30, "yes", "partial", "daily"],
  [30, "no", "partial", "daily"],
  [13, "yes", "daily", "daily"],
  [13, "no", "daily", "daily"],
  [5, "yes", "daily", "sparse"],
  [5, "no", "daily", "sparse"],
  [5, "no", "daily", "none"],
];

/** The 101 stations, sorted by site id. */
export function layOutStations(): Station[] {
  const remaining = kinds.flatMap(([count, ...kind]) => Array.from({ length: count }, () => kind));
  const stations = remaining.map((_, i) => {
    const region = regions[i % regions.length]!;
    const random = randomStream(`stations/${i}`);
    const between = ([least, most]: Range) => least + (most - least) * random.uniform();
    const digits = (count: number) =>
      String(Math.floor(random.uniform() * Number(`1e${count}`))).padStart(count, "0");
    const fixed = (value: number, decimals: number) => Number(value.toFixed(decimals));
    const site_id = i === 0 ? "01022500" : `${region.part}${digits(4)}00`;
    return {
      site_id,
      name: `SYNTHETIC stream ${site_id}, ${region.name}`,
      latitude: fixed(between(region.latitude), 4),
      longitude: fixed(between(region.longitude), 4),
      elevation_m: Math.round(between(region.elevation)),
      drainage_area_km2: fixed(exp(between([log(60), log(2500)])), 1),
      huc: i === 0 ? "01050002" : `${region.huc2}${digits(6)}`,
      mean_prcp_mm_year: Math.round(between(region.prcp)),
      winter_storms: fixed(between(region.winterStorms), 2),
      soil_capacity_mm: Math.round(between([90, 260])),
      groundwater_days: Math.round(between([30, 120])),
      routing_days: fixed(between([0.6, 3]), 1),
    };
  });
  // Kinds are dealt at random, so that no kind is a climate; the first station is of the first kind.
  const deal = randomStream("stations/kinds");
  return stations
    .map((station, i) => {
      const at = i === 0 ? 0 : Math.floor(deal.uniform() * remaining.length);
      const [temp_informs_flow, flow_record, temp_record] = remaining.splice(at, 1)[0]!;
      return { ...station, temp_informs_flow, flow_record, temp_record, source: "synthetic" as const };
    })
    .sort((a, b) => (a.site_id < b.site_id ? -1 : 1));
}
