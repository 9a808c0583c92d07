/** Lines come back as they were written, or not at all. */
import { expect, test } from "vitest";
import type { JournalRecord } from "./history.ts";
import { type JournalLine, lineEncoder, readLines } from "./lines.ts";

const trace = {
  path: "models/ä 1.npz",
  rule: "train",
  inputs: "1.a.b",
  set: "1.c.d",
  params: "p",
  code: "c",
  outputs: [
    { size: 1, mtime: 2.5, hash: "h", parts: [{ name: "a", size: 1, mtime: 2.5, hash: "h" }] },
    { size: 0, mtime: 0, hash: "" },
  ],
  start: 1,
  end: 2,
  attempt: 1,
  call: 1,
  cpu: 5,
  memory: 1_024,
  touched: 3,
  share: 2,
  others: ["b"],
};
const run = {
  id: "1",
  at: 1,
  host: "here",
  pid: 1,
  command: "braid",
  executor: "workers",
  planned: { train: 2 },
  slots: 2,
  estimate: null,
  shape: { train: { pattern: "models/{m}.npz", jobs: 2, values: { m: ["1", "2"] } } },
  decided: ["By GPU."],
  config: "c",
  versions: { braid: "1", node: "24" },
  end: 2,
  outcome: "done",
};

/** One of each kind, with every field. */
const records = [
  { t: "run", run },
  { t: "end", id: "1", at: 1, outcome: "done" },
  { t: "start", jobs: ["a", "b"], at: 1, call: 1, rule: "train" },
  { t: "submitted", run: "1", external: "77", calls: [1, 2] },
  { t: "done", trace },
  { t: "settled", rule: "all", as: "done" },
  { t: "grown", rules: { train: 2 } },
  { t: "fail", failure: { path: "a", rule: "train", at: 1, error: "no", log: "a.log" } },
  { t: "back", jobs: ["a"] },
  { t: "file", path: "a", print: { size: 1, mtime: 2, hash: "h" } },
  {
    t: "roles",
    of: [
      ["a", "1.r"],
      ["b", "2.r", "p", "c"],
    ],
  },
  { t: "text", id: "p", text: 'say "t": \ud83d\ude00\n{"t":"x","crc":"00000000"}' },
] satisfies JournalRecord[];

const encode = lineEncoder();
const written = (...lines: JournalLine[]) => Buffer.from(encode(...lines)).toString();
const read = (text: string) => [...readLines(Buffer.from(text))];

test("every kind of record comes back, alone and among others, with its checksum as a field of the JSON", () => {
  const same = records.map((record) => expect.objectContaining(record));
  expect(read(written(...records))).toEqual(same);
  expect(read(records.map((record) => written(record)).join(""))).toEqual(same);
  for (const line of written(...records)
    .trimEnd()
    .split("\n"))
    expect(JSON.parse(line)).toMatchObject({ crc: expect.stringMatching(/^[0-9a-f]{8}$/) });
});

test("a line of an older journal, without a checksum, is read", () => {
  for (const record of records) expect(read(`${JSON.stringify(record)}\n`)).toEqual([record]);
  expect(read('{"braid":"journal","version":1}\n{"t":"of another version"}\n')).toEqual([
    { braid: "journal", version: 1 },
    { t: "of another version" },
  ]);
});

test("JSON of another shape is torn, whichever field it is", () => {
  const others = [null, true, 7, "7", [], [null], {}, { a: null }];
  const wrong = new Set<string>();
  /** Puts each other value in the place of each value inside `value`; `whole` makes the record of it. */
  function spoil(value: unknown, whole: (value: unknown) => unknown): void {
    for (const other of others) {
      const text = JSON.stringify(whole(other));
      if (typeof other !== typeof value || Array.isArray(other) !== Array.isArray(value)) wrong.add(text);
    }
    if (typeof value !== "object" || value === null) return;
    for (const [key, inside] of Object.entries(value))
      spoil(inside, (other) =>
        whole(Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other }),
      );
  }
  for (const record of records) spoil(record, (value) => value);
  // The time that is left may be unknown.
  wrong.delete(JSON.stringify({ t: "run", run: { ...run, estimate: 7 } }));
  // A kind of another version says nothing, whatever it is called.
  for (const text of wrong) if (/"t":"7"/.test(text)) wrong.delete(text);
  expect(wrong.size).toBeGreaterThan(300);
  for (const text of wrong) expect([text, read(`${text}\n`)]).toEqual([text, []]);
});

test("a record without one of its fields is torn, unless there need not be one", () => {
  const optional: Readonly<Record<string, string>> = {
    run: "planned slots estimate shape decided config versions end outcome",
    done: "cpu memory touched share others",
    grown: "train",
  };
  const without = (fields: object, field: string) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => name !== field));
  for (const record of records) {
    const [name, inside] = Object.entries(record).at(-1)!;
    const nested = typeof inside === "object" && !Array.isArray(inside);
    for (const field of Object.keys(nested ? inside : record)) {
      const spoilt = nested ? { ...record, [name]: without(inside, field) } : without(record, field);
      const known = nested && (optional[record.t] ?? "").split(" ").includes(field);
      expect([field, read(`${JSON.stringify(spoilt)}\n`)]).toEqual([field, known ? [spoilt] : []]);
    }
  }
});

test("with any one bit of it changed, a line is torn or says the same", () => {
  for (const record of records) {
    const bytes = Buffer.from(encode(record));
    for (let bit = 0; bit < 8 * (bytes.length - 1); bit++) {
      const changed = bytes.with(bit >> 3, bytes[bit >> 3]! ^ (1 << (bit & 7)));
      for (const line of readLines(changed)) expect(line).toMatchObject(record);
    }
  }
});

test("only what is damaged is lost where the end of a line is, or half a line stands before another", () => {
  const [a, b, c] = records.slice(2, 5).map((record) => written(record)) as [string, string, string];
  const whole = records.slice(2, 5).map((record) => expect.objectContaining(record));
  expect(read(`${a.slice(0, -1)}J${b}${c}`)).toEqual(whole);
  expect(read(`${a}${b.slice(0, 20)}${c}`)).toEqual([whole[0], whole[2]]);
  expect(read(`${a.slice(0, -1)}${b}`)).toEqual(whole.slice(0, 2));
  // The same where lines have no checksum.
  const older = records.slice(2, 5).map((record) => JSON.stringify(record));
  expect(read(`${older[0]}J${older[1]}\n${older[2]!.slice(0, 20)}${older[2]}`)).toEqual(records.slice(2, 5));
});

test("lines that are longer than what is read at once come back", () => {
  const text = "ä".repeat(3_000_000);
  const long = { t: "text", id: "p", text } as const;
  const all = [records[0]!, long, long, records[1]!];
  expect(read(written(...all)).map((line) => JSON.stringify({ ...line, crc: undefined }))).toEqual(
    all.map((line) => JSON.stringify(line)),
  );
});
