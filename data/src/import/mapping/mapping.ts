/**
 * The mapping of an import: which column of which file is which column of the data folder, in which unit and form. Written
 * in YAML by hand or by an import; what it does not say is guessed.
 */
import { readFile } from "node:fs/promises";
import { cannot, nearest } from "braid-engine";
import { parseDocument } from "yaml";
import * as z from "zod";
import { asSeen } from "../../check/site-ids.ts";
import { type DateForm, dateFormNames } from "../files/dates.ts";

const aggregate = z.enum(["mean", "sum", "min", "max"], "expected mean, sum, min or max");
const share = z.number().gt(0).max(1);
const decimal = z.enum([".", ","], 'expected "." or ","');

const dateColumns = "expected the columns of year, month and day, or of year and day of the year";

const column = z.union([
  z
    .string()
    .min(1)
    .transform((from) => ({ from })),
  z
    .array(z.string())
    .min(2, dateColumns)
    .max(3, dateColumns)
    .transform((from) => ({ from })),
  z.strictObject({
    /** A column; "*" is every other column, named by its site; of dates three columns or two. */
    from: z.union([z.string().min(1), z.array(z.string()).min(2).max(3)]).optional(),
    unit: z.string().optional(),
    /** Of dates. */
    format: z.enum(dateFormNames as [DateForm, ...DateForm[]]).optional(),
    /** Of dates: the zone in which times without one are written. */
    zone: z.string().optional(),
    aggregate: aggregate.optional(),
    minimum_share: share.optional(),
    role: z.enum(["observation", "driver", "attribute"]).optional(),
    /** Of ids: zeros are put before shorter ones. */
    digits: z.int().min(1).max(30).optional(),
    /** Of ids: the one id of all rows. */
    is: z.string().min(1).optional(),
  }),
]);

const settings = {
  columns: z.record(z.string(), column).optional(),
  separator: z.enum([",", ";", "\t", "|"]).optional(),
  decimal: decimal.optional(),
  encoding: z.string().optional(),
  /** Whose days values of parts of a day are put together for: Europe/Berlin, UTC, +01:00. */
  time_zone: z.string().optional(),
  aggregate: aggregate.optional(),
  minimum_share: share.optional(),
  /** Texts besides the usual ones that stand for no value. */
  missing: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
};

const fileSettings = z.strictObject(settings);
const schema = z.strictObject({ ...settings, files: z.record(z.string(), fileSettings).optional() });

/** A column's source and form. */
export interface ColumnMapping {
  from?: string | string[] | undefined;
  unit?: string | undefined;
  format?: DateForm | undefined;
  zone?: string | undefined;
  aggregate?: z.output<typeof aggregate> | undefined;
  minimum_share?: number | undefined;
  role?: "observation" | "driver" | "attribute" | undefined;
  digits?: number | undefined;
  is?: string | undefined;
}

/** What a mapping says of files. */
export interface FileMapping extends Omit<z.output<typeof fileSettings>, "columns"> {
  columns?: Record<string, ColumnMapping> | undefined;
}

/** A whole mapping; `files` goes by names, in which `*` is any text and `{site_id}` the id. */
export interface Mapping extends FileMapping {
  files?: Record<string, FileMapping> | undefined;
}

/** Reads a mapping. @throws for what is not YAML, and for keys and values that no mapping has. */
export async function readMapping(path: string): Promise<Mapping> {
  const text = await readFile(path, "utf8").catch(() => {
    throw cannot("read", path, "it does not exist");
  });
  const document = parseDocument(asSeen(text), { prettyErrors: true });
  const fault = document.errors[0];
  if (fault !== undefined)
    throw cannot("read", path, `it is not YAML: ${fault.message.split("\n")[0]!.replace(/:$/, "")}`);
  const read = schema.safeParse(document.toJS() ?? {});
  if (read.success) return read.data;
  throw cannot("read", path, describeIssue(read.error.issues[0]!));
}

const columnKeys = ["from", "unit", "format", "zone", "role", "digits", "is"];
const keys = [...Object.keys(settings), "files", ...columnKeys];

function describeIssue(issue: z.core.$ZodIssue): string {
  const inner =
    issue.code === "invalid_union"
      ? issue.errors
          .map((errors) => errors[0]!)
          .findLast((one) => one.path.length > 0 || one.code === "unrecognized_keys")
      : undefined;
  const path = [...issue.path, ...(inner?.path ?? [])].join(".");
  const found = inner ?? issue;
  if (found.code === "unrecognized_keys" && keys.includes(found.keys[0]!))
    return misplaced(found.keys[0]!, path);
  if (found.code === "unrecognized_keys")
    return `unknown key "${found.keys[0]}"${path === "" ? "" : ` in ${path}`}. Did you mean "${nearest(found.keys[0]!, keys, 1)[0]}"?`;
  if (found.code === "invalid_value" && path.endsWith(".format"))
    return `${path} is not a known date format: ${dateFormNames.join(", ")}`;
  return `${path === "" ? "the mapping" : path}: ${found.message}`;
}

/** What is wrong with a known key that stands in another place than its own. */
function misplaced(key: string, path: string): string {
  const place = columnKeys.includes(key)
    ? `to a column, as in columns: { temp_c: { from: ..., ${key}: ... } }`
    : key === "files"
      ? "at the top"
      : "beside columns, at the top or in the section of a file";
  return `the key "${key}" does not belong ${path === "" ? "at the top" : `in ${path}`}, but ${place}`;
}

/** What a mapping says of a file: its own section over what stands at the top. */
export function mappingOf(mapping: Mapping, name: string): FileMapping {
  const { files = {}, ...top } = mapping;
  const key = sectionOf(mapping, name);
  const own = key === null ? {} : files[key]!;
  return { ...top, ...own };
}

/** The section of a mapping for a file; null if there is none. */
export function sectionOf({ files = {} }: Mapping, name: string): string | null {
  return (
    Object.keys(files).find((key) => key === name) ??
    Object.keys(files).find((key) => patternOf(key).test(name)) ??
    null
  );
}

/** The id in a file's name, by the key of its section; null if the key has no `{site_id}`. */
export function idInName(key: string, name: string): string | null {
  return patternOf(key).exec(name)?.groups?.id ?? null;
}

function patternOf(key: string): RegExp {
  const parts = key.split(/(\{site_id\}|\*)/);
  const source = parts.map((part) =>
    part === "{site_id}" ? "(?<id>.+)" : part === "*" ? ".*" : part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"),
  );
  return new RegExp(`^${source.join("")}$`);
}
