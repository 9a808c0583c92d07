/**
 * Traces as rows of columns, which become objects when they are asked for.
 *
 * With 82,000 jobs and nothing to do, reading them as objects would cost more than everything else. While jobs run, an
 * object for each part of each trace would take most of the engine's memory.
 */
import type { Fingerprint } from "../disk/fingerprint.ts";
import type { Cost } from "../programs/cost.ts";
import { type Column, type Columns, dictionary, type TextColumn } from "./columns.ts";

/** How a job's outputs were made; kept under the path of its first output. */
export interface Trace extends Cost {
  readonly path: string;
  readonly rule: string;
  /** Digest of the input paths with their contents, and of the paths alone. */
  readonly inputs: string;
  readonly set: string;
  /** Digest of the roles: names and places of inputs, outputs and wildcards; absent in older records. */
  readonly roles?: string;
  /** Ids of the recorded params and code. */
  readonly params: string;
  readonly code: string;
  readonly outputs: readonly Fingerprint[];
  /** Start and end, ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** How many jobs of a batch shared that time; `secondsOf` (below) computes the share. */
  readonly share?: number;
  readonly attempt: number;
  readonly call: number;
  /** When `--touch` took the outputs as they stood, ms; the times above are then those of the job before. */
  readonly touched?: number;
  /** Paths of the outputs after the first one. */
  readonly others?: readonly string[];
  /** Temporary outputs were to be kept (`--notemp`). */
  readonly kept?: true;
}

/** Texts; texts of which many rows have the same; numbers with a fraction, or large; counts. */
const texts = ["path", "inputs", "set", "roles"] as const;
const words = ["rule", "params", "code", "rest", "hash", "name"] as const;
const reals = ["start", "end", "size", "mtime", "ctime", "inode"] as const;
const counts = ["attempt", "call", "cpu", "memory", "outputs", "first", "parts"] as const;
/** The columns of fingerprints, of which a row has several; `first` says where they begin. */
const ofPrints: ReadonlySet<string> = new Set(["size", "mtime", "ctime", "inode", "hash", "name", "parts"]);

type TextName = (typeof texts | typeof words)[number];
type NumberName = (typeof reals | typeof counts)[number];
type OpenColumns = Record<TextName, string[]> & Record<NumberName, number[]>;

/** A fingerprint of a folder's file has a name; one of an output has none. */
const noParts = 0xffff_ffff;
/** What a job has cost is not known. */
const noCost = 0xffff_ffff;

/** Sums over the jobs of a rule. */
export interface RuleSums {
  jobs: number;
  /** The size of their outputs. */
  bytes: number;
  /** The jobs that were run, not just marked as up to date, and their seconds. */
  measured: number;
  seconds: number;
}

export interface Rows {
  at(row: number): Trace;
  /** These read columns only, without making a trace object. */
  path(row: number): string;
  others(row: number): readonly string[];
  addTo(sums: Map<string, RuleSums>, row: number): void;
}

/** A block of rows that is being filled. */
export interface OpenRows extends Rows {
  /** Where the trace stands now; -1 where there is no room for it. */
  add(trace: Trace): number;
  /** The rows, packed; the block is empty then. */
  pack(): PackedRows;
}

/** Has room for so many rows, made once: columns that grew by themselves would leave garbage of twice their size. */
export function openRows(size: number): OpenRows {
  const room = <T>() => new Array<T>(size);
  const columns = Object.fromEntries(
    [...texts, ...words, ...reals, ...counts].map((name) => [name, room()]),
  ) as unknown as OpenColumns;
  let rows = 0;
  let prints = 0;

  /** The fingerprints of outputs stand in turn, each followed by those of its parts. */
  function addPrint({ size, mtime, ctime = 0, inode = 0, hash, parts }: Fingerprint, name = ""): void {
    columns.size[prints] = size;
    columns.mtime[prints] = mtime;
    columns.ctime[prints] = ctime;
    columns.inode[prints] = inode;
    columns.hash[prints] = hash;
    columns.name[prints] = name;
    columns.parts[prints++] = parts?.length ?? noParts;
    for (const part of parts ?? []) addPrint(part, part.name);
  }

  return {
    add(trace) {
      const { path, rule, inputs, set, roles, params, code, outputs, start, end, ...other } = trace;
      const { attempt, call, ...more } = other;
      const { cpu, memory, ...rest } = more;
      const all = outputs.reduce((sum, { parts = [] }) => sum + 1 + parts.length, 0);
      // One with more fingerprints than that has a block of its own, which grows for it.
      if (rows === size || (rows > 0 && prints + all > size)) return -1;
      columns.path[rows] = path;
      columns.rule[rows] = rule;
      columns.inputs[rows] = inputs;
      columns.set[rows] = set;
      columns.roles[rows] = roles ?? "";
      columns.params[rows] = params;
      columns.code[rows] = code;
      columns.start[rows] = start;
      columns.end[rows] = end;
      columns.attempt[rows] = attempt;
      columns.call[rows] = call;
      columns.cpu[rows] = cpu ?? noCost;
      columns.memory[rows] = memory === undefined ? noCost : memory / 1_024;
      // The fields that have no column: mostly none.
      columns.rest[rows] = Object.keys(rest).length === 0 ? "" : JSON.stringify(rest);
      columns.outputs[rows] = outputs.length;
      columns.first[rows] = prints;
      for (const output of outputs) addPrint(output);
      return rows++;
    },
    ...reader(
      (name) => (row) => columns[name][row]!,
      (name) => columns[name],
    ),
    pack() {
      const packed: Record<string, Column> = {};
      const filled = (name: string) => (ofPrints.has(name) ? prints : rows);
      for (const name of texts) packed[name] = columns[name].slice(0, filled(name));
      for (const name of words) {
        const found = dictionary(columns[name].slice(0, filled(name)));
        packed[`${name} words`] = found.words;
        packed[name] = found.codes;
      }
      for (const name of reals) packed[name] = new Float64Array(columns[name].slice(0, filled(name)));
      for (const name of counts) packed[name] = new Uint32Array(columns[name].slice(0, filled(name)));
      rows = 0;
      prints = 0;
      return packedRows(packed);
    },
  };
}

/** Rows in columns as they are written. */
export interface PackedRows extends Rows {
  readonly count: number;
  paths(): TextColumn;
  /** The columns, their names after `prefix`. */
  columns(prefix: string): Columns;
}

/** The rows of the columns with this prefix; texts that were read become strings when they are asked for. */
export function packedRows(columns: Columns, prefix = ""): PackedRows {
  const text = (name: string) => columns[prefix + name] as TextColumn;
  const numbers = (name: string) => columns[prefix + name] as Float64Array | Uint32Array;
  return {
    count: numbers("start").length,
    paths: () => text("path"),
    ...reader((name) => {
      if (!(words as readonly string[]).includes(name)) {
        const all = text(name);
        return (row) => all.at(row)!;
      }
      const all = text(`${name} words`);
      const codes = numbers(name);
      return (row) => all.at(codes[row]!)!;
    }, numbers),
    columns: (other) =>
      Object.fromEntries(
        [...texts, ...words, ...words.map((name) => `${name} words`), ...reals, ...counts].map((name) => [
          other + name,
          columns[prefix + name]!,
        ]),
      ),
  };
}

function reader(
  text: (name: TextName) => (at: number) => string,
  numbers: (name: NumberName) => ArrayLike<number>,
): Rows {
  const [path, inputs, set, roles] = [text("path"), text("inputs"), text("set"), text("roles")];
  const [rule, params, code, rest] = [text("rule"), text("params"), text("code"), text("rest")];
  const [start, end] = [numbers("start"), numbers("end")];
  const [attempt, call] = [numbers("attempt"), numbers("call")];
  const [cpu, memory] = [numbers("cpu"), numbers("memory")];
  const [outputs, first] = [numbers("outputs"), numbers("first")];
  const [size, mtime, parts] = [numbers("size"), numbers("mtime"), numbers("parts")];
  const [ctime, inode] = [numbers("ctime"), numbers("inode")];
  const [hash, name] = [text("hash"), text("name")];

  const printAt = (at: number) => ({
    size: size[at]!,
    mtime: mtime[at]!,
    ...(ctime[at] === 0 ? {} : { ctime: ctime[at]! }),
    ...(inode[at] === 0 ? {} : { inode: inode[at]! }),
    hash: hash(at),
  });

  function printsOf(row: number): Fingerprint[] {
    let at = first[row]!;
    return Array.from({ length: outputs[row]! }, () => {
      const own = printAt(at);
      const count = parts[at++]!;
      if (count === noParts) return own;
      return { ...own, parts: Array.from({ length: count }, () => ({ ...printAt(at), name: name(at++) })) };
    });
  }

  /** A field that has no column; null if the trace does not have it. */
  function restWith(field: "others" | "share", row: number): Partial<Trace> | null {
    const more = rest(row);
    return more.includes(`"${field}":`) ? (JSON.parse(more) as Partial<Trace>) : null;
  }

  function bytesOf(row: number): number {
    let bytes = 0;
    for (let left = outputs[row]!, at = first[row]!; left > 0; left--) {
      bytes += size[at]!;
      const count = parts[at++]!;
      if (count !== noParts) at += count;
    }
    return bytes;
  }

  return {
    path,
    others: (row) => restWith("others", row)?.others ?? [],
    addTo(sums, row) {
      let sum = sums.get(rule(row));
      if (sum === undefined) {
        sum = { jobs: 0, bytes: 0, measured: 0, seconds: 0 };
        sums.set(rule(row), sum);
      }
      sum.jobs++;
      sum.bytes += bytesOf(row);
      if (attempt[row] === 0) return;
      sum.measured++;
      const share = restWith("share", row)?.share;
      sum.seconds += secondsOf({ start: start[row]!, end: end[row]!, share });
    },
    at(row) {
      const more = rest(row);
      const trace: Trace = {
        path: path(row),
        rule: rule(row),
        inputs: inputs(row),
        set: set(row),
        ...(roles(row) === "" ? {} : { roles: roles(row) }),
        params: params(row),
        code: code(row),
        outputs: printsOf(row),
        start: start[row]!,
        end: end[row]!,
        attempt: attempt[row]!,
        call: call[row]!,
        ...(cpu[row] === noCost ? {} : { cpu: cpu[row]! }),
        ...(memory[row] === noCost ? {} : { memory: memory[row]! * 1_024 }),
      };
      return more === "" ? trace : { ...trace, ...(JSON.parse(more) as Partial<Trace>) };
    },
  };
}

/** How long a job took, from its record. */
export interface Timed {
  /** ms since 1970. */
  readonly start: number;
  readonly end: number;
  /** How many jobs of a batch shared the time from start to end; absent if the job had it alone. */
  readonly share?: number | undefined;
}

/** The seconds of a job: its own time, or its share of a batch's. Used wherever times are shown or added up. */
export function secondsOf({ start, end, share = 1 }: Timed): number {
  return Math.max(0, end - start) / share / 1_000;
}
