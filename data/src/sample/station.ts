/**
 * A station of the sample: what sites.csv says of it. The generator reads nothing else.
 * `sites.csv` is committed; `lay-out-stations.ts` made it.
 */
import { readFile } from "node:fs/promises";
import { parse } from "csv-parse/sync";

/** Whether the water temperature of a station carries information about its flow: the sample's known truth. */
export type Truth = "yes" | "no";

/** How much of a variable was observed (see data/sample/README.md). */
export type FlowRecord = "daily" | "partial";
export type TemperatureRecord = "daily" | "sparse" | "none";

/** One row of sites.csv; names as in its header, units in the names. */
export interface Station {
  site_id: string;
  name: string;
  latitude: number;
  longitude: number;
  elevation_m: number;
  drainage_area_km2: number;
  huc: string;
  mean_prcp_mm_year: number;
  /** From -1 (all storms in summer) to 1 (all in winter). */
  winter_storms: number;
  soil_capacity_mm: number;
  groundwater_days: number;
  routing_days: number;
  temp_informs_flow: Truth;
  flow_record: FlowRecord;
  temp_record: TemperatureRecord;
  source: "synthetic";
}

/** The columns of sites.csv, in order. */
export const stationColumns = [
  "site_id",
  "name",
  "latitude",
  "longitude",
  "elevation_m",
  "drainage_area_km2",
  "huc",
  "mean_prcp_mm_year",
  "winter_storms",
  "soil_capacity_mm",
  "groundwater_days",
  "routing_days",
  "temp_informs_flow",
  "flow_record",
  "temp_record",
  "source",
] as const satisfies readonly (keyof Station)[];

const textColumns: readonly string[] = [
  "site_id",
  "name",
  "huc",
  "temp_informs_flow",
  "flow_record",
  "temp_record",
  "source",
];

/** The stations of a sites.csv that `formatStations` wrote; ids stay text. */
export async function readStations(path: string): Promise<Station[]> {
  const rows: Record<string, string>[] = parse(await readFile(path, "utf8"), { columns: true });
  return rows.map(
    (row) =>
      Object.fromEntries(
        stationColumns.map((column) => [
          column,
          textColumns.includes(column) ? row[column] : Number(row[column]),
        ]),
      ) as unknown as Station,
  );
}

/** The text of sites.csv. */
export function formatStations(stations: readonly Station[]): string {
  const rows = stations.map((station) =>
    stationColumns
      .map((column) => {
        const text = String(station[column]);
        return text.includes(",") ? `"${text}"` : text;
      })
      .join(","),
  );
  return `${[stationColumns.join(","), ...rows].join("\n")}\n`;
}
