/**
 * What a layout is: the way in which a published data set lies in a folder. It says how to find the files of a site, and in
 * which columns and units they hold its days and attributes. Everything else, `importLayout` does the same way for all.
 */
import type { FolderFiles } from "./files.ts";

/** A driver of a data folder and the column of the data set that holds it, in the unit that `name` says. */
export interface DriverColumn {
  /** The column of input_file.csv: prcp_mm. */
  readonly name: string;
  /** The column of the data set; where versions of it differ, the first that is there. */
  readonly from: readonly string[];
  /** Whether the config names it for the model. Such a driver is needed; others are written where all sites have them. */
  readonly learn: boolean;
}

/** A column of observed flow. */
export interface FlowColumn {
  readonly from: string;
  /** Cubic metres per second, or millimetres a day over the area of the basin. */
  readonly unit: "m3/s" | "mm/d";
}

/** Where the attributes of sites are. */
export interface AttributeFiles {
  /** The tables, by the names of their files; one row per site, the column `id` holds its id. */
  readonly files: RegExp;
  readonly id: string;
  readonly separator: "," | ";" | "\t";
  /** One row per attribute and one column per site instead. */
  readonly transposed?: boolean;
  /** Files whose attributes all come from observed flow, so that they are not read. */
  readonly fromFlow?: RegExp;
  /** Columns that have another name in sites.csv, beside those that most data sets share. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The days of a site: texts in the data set's units, empty if missing; every array is as long as `dates`. */
export interface SiteDays {
  /** ISO dates, ascending. */
  readonly dates: readonly string[];
  /** By the names of the data set. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Codes beside the flow, where the data set has some. */
  readonly qualifiers?: readonly string[];
  /** A file of the days ends inside a line: it may be cut, and its last number short. */
  readonly endsInLine?: boolean;
  /** What the files of the days say of the site itself, by the names of sites.csv. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Which of several sets of drivers to read. */
export interface LayoutOptions {
  readonly forcing?: string | undefined;
}

/** A site, and why it is not in the data folder. */
export interface LeftOut {
  readonly site: string;
  readonly why: string;
}

/** The sites of one folder in a layout. */
export interface OpenLayout {
  /** Sites with all their files, sorted. */
  readonly sites: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** What a user should know, a sentence each. */
  readonly notes: readonly string[];
  /** Reads a site. @throws if its files are not what the layout says. */
  read(site: string): Promise<SiteDays>;
}

/** A layout. */
export interface Layout {
  /** Its name for `--layout`. */
  readonly name: string;
  /** The name of the data set, and the paper that describes it. */
  readonly title: string;
  readonly source: string;
  /** Paths (with slashes) that only this layout has, and one in words. */
  readonly sign: RegExp;
  readonly example: string;
  readonly drivers: readonly DriverColumn[];
  /** In order of preference. */
  readonly flow: readonly FlowColumn[];
  /** Codes of flow are written beside it. */
  readonly qualifiers?: boolean;
  readonly attributes: readonly AttributeFiles[];
  /** The sets of drivers to choose from with `--forcing`; without it, there is one. */
  readonly forcings?: readonly string[];
  open(files: FolderFiles, options: LayoutOptions): Promise<OpenLayout>;
}
