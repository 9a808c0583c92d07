import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { followJournal } from "./follow.ts";

const end = (id: string) => ({ t: "end", id, at: 1, outcome: "done" }) as const;
const line = (id: string) => `${JSON.stringify(end(id))}\n`;

function journal(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "braid-tail-"));
  const path = join(folder, ".braid/journal");
  mkdirSync(join(folder, ".braid"));
  writeFileSync(path, text);
  return { folder, path };
}

test("each look gives what was added since the one before", () => {
  const { folder, path } = journal(`{"braid":"journal","version":1}\n${line("a")}`);
  const follower = followJournal(folder);
  expect(follower.read()).toEqual({ again: true, records: [end("a")] });
  expect(follower.read()).toEqual({ again: false, records: [] });
  appendFileSync(path, line("b") + line("c"));
  expect(follower.read()).toEqual({ again: false, records: [end("b"), end("c")] });
});

test("a line that is being written counts when it has its end", () => {
  const { folder, path } = journal(line("ä").slice(0, 22));
  const follower = followJournal(folder);
  expect(follower.read().records).toEqual([]);
  appendFileSync(path, line("ä").slice(22));
  expect(follower.read()).toEqual({ again: false, records: [end("ä")] });
});

test("a line that a kill has torn is passed over", () => {
  const { folder } = journal(`{"t":"end","id\n${line("b")}`);
  expect(followJournal(folder).read().records).toEqual([end("b")]);
});

test("a journal that was written anew is read again from its start", () => {
  const { folder, path } = journal(line("a") + line("b"));
  const follower = followJournal(folder);
  follower.read();
  writeFileSync(`${path}.new`, line("a") + line("b") + line("c"));
  renameSync(`${path}.new`, path);
  expect(follower.read()).toEqual({ again: true, records: [end("a"), end("b"), end("c")] });
});

test("no journal is nothing to tell, until there is one", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-tail-"));
  const follower = followJournal(folder);
  expect(follower.read()).toEqual({ again: false, records: [] });
  mkdirSync(join(folder, ".braid"));
  writeFileSync(join(folder, ".braid/journal"), line("a"));
  expect(follower.read()).toEqual({ again: true, records: [end("a")] });
});

test.skipIf(process.platform !== "linux")("a look leaves no file open", () => {
  const follower = followJournal(journal(line("a")).folder);
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let look = 0; look < 50; look++) follower.read();
  expect(open()).toBeLessThan(before + 25);
});
