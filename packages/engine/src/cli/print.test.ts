import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { printRows } from "./print.ts";

const row = "x".repeat(1_000);

test("rows are asked for as they are read, not before", async () => {
  let made = 0;
  let ahead = 0;
  let written = 0;
  function* rows() {
    for (; made < 2_000; made++) yield row;
  }
  const slow = new Writable({
    highWaterMark: 1,
    write(text: Buffer, _encoding, done) {
      written += text.length / (row.length + 1);
      ahead = Math.max(ahead, made - written);
      setImmediate().then(() => done());
    },
  });
  await printRows(rows(), slow);
  expect({ made, written }).toEqual({ made: 2_000, written: 2_000 });
  // Some pieces of 64 KB wait in between.
  expect(ahead).toBeLessThan(500);
});

test("a reader that goes away ends it quietly, any other trouble is told", async () => {
  const failing = (code: string) =>
    new Writable({ write: (_text, _encoding, done) => done(Object.assign(new Error(code), { code })) });
  await printRows([row], failing("EPIPE"));
  await expect(printRows([row], failing("ENOSPC"))).rejects.toThrow("ENOSPC");
});
