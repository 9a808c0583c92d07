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
import { dataFileOf, pageBeginning, wayTo, writeData, writePage } from "./write-page.ts";

const page = (text: string) => `${pageBeginning}${text}`;
const emptyFolder = () => mkdtempSync(join(tmpdir(), "braid-page-"));

test("a page is written, over an older one too, and nothing is left beside it", () => {
  const folder = emptyFolder();
  const path = join(folder, "report.html");
  writePage(path, "report.html", page("one"));
  writePage(path, "report.html", page("two"));
  expect(readFileSync(path, "utf8")).toBe(page("two"));
  expect(readdirSync(folder)).toEqual(["report.html"]);
});

test("where a link stands, the file that it leads to is written", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "page.html"), page("old"));
  symlinkSync("page.html", join(folder, "link.html"));
  writePage(join(folder, "link.html"), "link.html", page("new"));
  expect(lstatSync(join(folder, "link.html")).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, "page.html"), "utf8")).toBe(page("new"));
});

test("a file that is no page of ours is never replaced, whether it is a page or not", () => {
  const folder = emptyFolder();
  for (const [text, name] of [
    ["<!doctype html>\n<html><body>by hand</body></html>\n", "own.html"],
    ["", "empty.html"],
    [page("moved").slice(0, -20), "cut.htm"],
  ] as const) {
    writeFileSync(join(folder, name), text);
    expect(() => writePage(join(folder, name), name, page("new"))).toThrow(
      `Cannot write the report "${name}": there is a file that is not a report of a workflow, or is one of an older version\n  Move it away, or name another file: --report FILE.`,
    );
    expect(readFileSync(join(folder, name), "utf8")).toBe(text);
  }
});

test("a page goes to a name of a page alone", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "old.txt"), page("old"));
  for (const name of ["old.txt", "other.ts", "other.yml", "html"])
    expect(() => writePage(join(folder, name), name, page("new"))).toThrow(
      `Cannot write the report "${name}": the name of the page must end in .html\n  Name another file: --report report.html`,
    );
  writePage(join(folder, "A.HTM"), "A.HTM", page("new"));
  expect(readdirSync(folder)).toEqual(["A.HTM", "old.txt"]);
});

test("a page goes nowhere into the records of runs, by a link neither", () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, ".braid/logs"), { recursive: true });
  writeFileSync(join(folder, ".braid/journal"), "the record");
  symlinkSync(".braid/journal", join(folder, "link.html"));
  symlinkSync(".braid/logs", join(folder, "logs"));
  for (const name of [".braid/journal", ".braid/new.html", "link.html", "logs/new.html"])
    expect(() => writePage(join(folder, name), name, page("new"))).toThrow(
      `Cannot write the report "${name}": the folder .braid is for the records of runs\n  Name another file: --report report.html`,
    );
  expect(readFileSync(join(folder, ".braid/journal"), "utf8")).toBe("the record");
  expect(readdirSync(join(folder, ".braid/logs"))).toEqual([]);
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
      'Cannot write the report "report.html": permission denied',
    );
    expect(() => writePage(join(closed, "report.html"), "closed/report.html", "new")).toThrow(
      'Cannot write the report "closed/report.html": permission denied',
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

test("links lead from the page to the working folder", () => {
  expect(wayTo("/w", "/w")).toBe("./");
  expect(wayTo("/w", "/w/out/pages")).toBe("./../../");
  expect(wayTo("/a b/w", "/a b")).toBe("./w/");
});

test("data stand in a folder of the page's name, and replace older data alone", () => {
  const folder = emptyFolder();
  const place = join(folder, "my report.html");
  const { path, address } = dataFileOf(place);
  expect([path, address]).toEqual([join(folder, "my report_files/jobs.js"), "./my%20report_files/jobs.js"]);
  writeData(place, "my report.html", 'braidData("jobs",1);\n');
  writeData(place, "my report.html", 'braidData("jobs",2);\n');
  expect(readFileSync(path, "utf8")).toBe('braidData("jobs",2);\n');
  expect(readdirSync(join(folder, "my report_files"))).toEqual(["jobs.js"]);
  writeFileSync(path, "own work");
  expect(() => writeData(place, "my report.html", "")).toThrow(
    `Cannot write the report "my report.html": "${path}" is not data of a report, and would be replaced\n  Name another file: --report report.html`,
  );
  expect(readFileSync(path, "utf8")).toBe("own work");
});

test("a file that stands where the data's folder would be stays", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "r_files"), "");
  expect(() => writeData(join(folder, "r.html"), "r.html", "")).toThrow(
    'Cannot write the report "r.html": a file has the name of a folder that it needs',
  );
});
