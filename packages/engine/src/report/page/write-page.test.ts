import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writePage } from "./write-page.ts";

const emptyFolder = () => mkdtempSync(join(tmpdir(), "braid-page-"));

test("a page is written, over an older one too, and nothing is left beside it", () => {
  const folder = emptyFolder();
  const path = join(folder, "report.html");
  writePage(path, "report.html", "one");
  writePage(path, "report.html", "two");
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("where a link stands, the file that it leads to is written", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "page.html"), "old");
  symlinkSync("page.html", join(folder, "link.html"));
  writePage(join(folder, "link.html"), "link.html", "new");
  expect(lstatSync(join(folder, "link.html")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "page.html"), "utf8")).toBe("new");
});

test("a folder that does not exist, a folder and a device are refused", () => {
  const folder = emptyFolder();
  const missing = join(folder, "no/report.html");
  expect(() => writePage(missing, "no/report.html", "")).toThrow(
    `Cannot write the report "no/report.html": the folder "${join(folder, "no")}" does not exist\n  Make it first: mkdir -p.`,
  );
  expect(() => writePage(folder, "results", "")).toThrow(
    'Cannot write the report "results": it is a folder\n  Name a file in it: --report results/report.html',
  );
  expect(() => writePage("/dev/null", "/dev/null", "")).toThrow(
    'Cannot write the report "/dev/null": it is not a file',
  );
  writeFileSync(join(folder, "file"), "");
  expect(() => writePage(join(folder, "file/report.html"), "file/report.html", "")).toThrow("does not exist");
});

/** Root may write anywhere: for a moment it is nobody. */
function asAnybody(work: () => void): void {
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid!(65_534);
  try {
    work();
  } finally {
    if (root) process.seteuid!(0);
  }
}

test("what may not be written is refused and stays", () => {
  const folder = emptyFolder();
  chmodSync(folder, 0o777);
  const path = join(folder, "report.html");
  writeFileSync(path, "old", { mode: 0o444 });
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o555 });
  asAnybody(() => {
    expect(() => writePage(path, "report.html", "new")).toThrow(
      'Cannot write the report "report.html": it may not be written',
    );
    expect(() => writePage(join(closed, "report.html"), "closed/report.html", "new")).toThrow(
      'Cannot write the report "closed/report.html": it may not be written',
    );
  });
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["closed", "report.html"]);
});

test("a cause that has no words of ours is told in the system's, and nothing is left behind", () => {
  const folder = emptyFolder();
  const path = join(folder, `${"x".repeat(300)}.html`);
  expect(() => writePage(path, "x.html", "new")).toThrow(
    /^Cannot write the report "x.html": ENAMETOOLONG: name too long/,
  );
  expect(readdirSync(folder)).toEqual([]);
});
