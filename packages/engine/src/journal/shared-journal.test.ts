/** Two engines that write to one journal at the same time, as `--nolock` allows. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { realFiles } from "../disk/real-files.ts";
import { trace } from "../testing/records.ts";
import { type Journal, openJournal, readHistory } from "./journal.ts";
import { indexPath } from "./journal-index.ts";

const folder = () => realFiles(mkdtempSync(join(tmpdir(), "braid-shared-")));

function done(journal: Journal, path: string): void {
  journal.append({ t: "done", trace: trace(path) });
}

test("neither hides what the other has written", () => {
  const files = folder();
  const first = openJournal(files);
  const second = openJournal(files, { shared: true });
  for (let i = 0; i < 500; i++) {
    done(first, `a${i}`);
    done(second, `b${i}`);
  }
  expect([second.close(), first.close()]).toEqual([false, false]);
  expect(files.stat(indexPath)).toBe(null);
  expect(readHistory(files).traces.size).toBe(1_000);
  // The next run that is alone knows both, and may write an index again.
  const next = openJournal(files);
  expect(next.close()).toBe(true);
  expect(files.stat(indexPath)).not.toBe(null);
  expect(readHistory(files).traces.size).toBe(1_000);
});

test("one that shares it does not rewrite it, however much of it is out of date", () => {
  const files = folder();
  const first = openJournal(files);
  for (let i = 0; i < 2_000; i++) done(first, "a");
  const second = openJournal(files, { shared: true });
  expect(first.stands()).toBe(true);
  done(first, "b");
  second.close();
  first.close();
  expect(readHistory(files).traces.get("b")).toBeDefined();
});

test("a journal that was rewritten under the one that writes to it is noticed", () => {
  const files = folder();
  const first = openJournal(files, { shared: true });
  for (let i = 0; i < 2_000; i++) done(first, "a");
  openJournal(files).close();
  expect(first.stands()).toBe(false);
  expect(first.close()).toBe(false);
});
