import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { filesOf, inspectionOf, runAt } from "../testing/inspection.ts";
import { bins } from "./distributions.ts";
import { limits } from "./preview.ts";
import { reportPage as pageWith } from "./report-page.ts";
import { type RunReport, runReport } from "./run-report.ts";
import { mostCategories, mostOutputs } from "./shown-outputs.ts";

const hostile = `<img src=x onerror="document.title='caught'"></pre></style><script>alert(1)</script>&'`;
const script = "document.title;";
const jobs = { jobs: 2, size: 1_000, address: "./report_files/jobs.js", way: "./" };
const reportPage = (report: RunReport) => pageWith(report, jobs, script);

const none = { "up to date": 0, failed: 0, missing: 0, "out of date": 0 };

/** A run of which half of the jobs fail, with markup in every text that is data. */
function hostileReport(): RunReport {
  const path = `out/${hostile.replaceAll("/", "|")}.csv`;
  const error = `\u001b[31m${hostile}\u001b[0m`;
  const failure = { path: `bad${path}`, rule: hostile, at: 1, error, log: path };
  const run = {
    ...runAt(1, `braid ${hostile}`),
    decided: [hostile],
    versions: { braid: hostile, node: hostile },
  };
  const code = { kind: "function" as const, text: hostile, prefix: hostile, modules: [hostile] };
  const config = JSON.stringify({ [hostile]: hostile });
  return runReport(
    inspectionOf({
      workflow: `/w/${hostile}`,
      folder: `/${hostile}`,
      status: {
        run,
        state: "failed",
        rules: [],
        failures: [failure],
        seconds: 1,
        secondsLeft: null,
        atLeast: false,
      },
      runs: [run],
      rules: [{ rule: hostile, jobs: 2, states: { ...none, "up to date": 1, failed: 1 }, code }],
      made: [{ rule: hostile, job: 0, start: 1, end: 1_001, cpu: 1, memory: 1, waitedFor: -1 }],
      describe: () => ({ name: hostile, path, log: path }),
      failures: [failure],
      graph: {
        nodes: [hostile, "all"].map((title, i) => ({ title, lines: [], dashed: false, colour: [i, 2] })),
        edges: [[0, 1]],
      },
      shown: () => [{ path, rule: hostile, caption: hostile, category: hostile }],
      targets: [{ path, single: false }],
      files: filesOf({ [path]: `a,"${hostile.replaceAll('"', '""')}"\nx,1\n` }),
      config: { ofRun: config, since: [{ name: hostile, before: hostile, after: "1" }] },
    }),
  );
}

test("markup in names, errors, tables, commands and configs is shown as text", async () => {
  const page = await reportPage(hostileReport());
  for (const section of ["failures", "rules", "graph", "outputs", "shown", "code", "jobs", "runs", "config"])
    expect(page).toContain(`<h2 id="${section}">`);
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(page).toContain(`<script>${script}</script>`);
  expect(page).not.toMatch(/<img|onerror="/i);
  expect(page.match(/<\/style>/g)).toHaveLength(1);
  expect(page.match(/&lt;script&gt;/g)!.length).toBeGreaterThan(8);
  // The colours of a terminal are none of the error.
  expect(page).not.toMatch(/\[31m/);
});

test("the page's policy allows its own style and script, images in it and scripts beside it, and nothing else", async () => {
  const page = await reportPage(hostileReport());
  const [, style] = /<style>([\s\S]*?)<\/style>/.exec(page)!;
  const hash = (text: string) => createHash("sha256").update(text).digest("base64");
  expect(page).toContain(
    `content="default-src 'none'; style-src 'sha256-${hash(style!)}'; script-src 'sha256-${hash(script)}' 'self' file:; img-src data:; base-uri 'none'; form-action 'none'"`,
  );
  // A style of one element would be refused by it.
  expect(page).not.toMatch(/ style=/);
  // Links lead to files of the working folder and to sections, whatever the files are called.
  expect(page).not.toMatch(/src="(?!data:)/);
  expect(page).not.toMatch(/href="(?!data:|#[a-z]+"|\.\/[^:<>"]*")/);
});

function pageOf(jobs: number): Promise<string> {
  const times = Array.from({ length: jobs }, (_, job) => job);
  return reportPage(
    runReport(
      inspectionOf({
        runs: [runAt(0)],
        rules: [{ rule: "one", jobs, states: { ...none, "up to date": jobs }, code: null }],
        made: times.map((job) => ({
          rule: "one",
          job,
          start: job,
          end: job + 10,
          cpu: 1,
          memory: 1,
          waitedFor: -1,
        })),
        targets: times.map((job) => ({ path: `one_${job}.csv`, single: false })),
      }),
    ),
  );
}

test("the page does not grow with the number of jobs", async () => {
  const [some, many] = [await pageOf(100), await pageOf(2_000)];
  expect(many).toContain("2,000 jobs in the plan");
  expect(Math.abs(many.length - some.length)).toBeLessThan(4_000);
});

test("times and CPU times that are shares of a batch are marked, memory is not", async () => {
  const rules = [{ rule: "one", jobs: 1, states: { ...none, "up to date": 1 }, code: null }];
  const times = { start: 0, end: 4_000, share: 2, cpu: 1_500, memory: 5e6, waitedFor: -1 };
  const made = [{ rule: "one", job: 0, ...times }];
  const page = await reportPage(runReport(inspectionOf({ runs: [runAt(0)], rules, made })));
  for (const section of ["rules", "costs", "slowest"]) {
    const [, text] = page.split(`<h2 id="${section}">`);
    const cells = [...text!.split("</section>")[0]!.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(
      ([, cell]) => cell,
    );
    expect(cells).toEqual(expect.arrayContaining(["~2.0 s", "~1.5 s", "5.0 MB"]));
  }
  expect(page).not.toContain("~5.0 MB");
});

test("with everything at its limits the page stays below two megabytes", async () => {
  const small = runReport(inspectionOf());
  const path = "p".repeat(200);
  const times = (n: number) => Array.from({ length: n }, (_, i) => i);
  const row = times(limits.columns).map(() => "x".repeat(limits.cell));
  const states = { "up to date": 1e6, failed: 1e6, missing: 1e6, "out of date": 1e6 };
  const running = times(240).map((i) => 1 + (i % 7) / 7);
  const run = { id: "r", at: 1, host: "h", pid: 1, command: path, executor: "workers", end: 2 };
  const rules = times(500).map((i) => `${path}${i}`);
  const costsOf = (rule: string) => ({
    ...{ rule, jobs: 1e6, counts: times(bins).map((i) => 1 + (i % 7)), shared: 1 },
    ...{ p5: 1, p25: 2, median: 123_456.789, p75: 4, p95: 5, min: 0, max: 123_456.789, total: 123_456.789 },
  });
  const distribution = { low: 0.001, high: 1e6, rules: rules.map(costsOf) };
  const report: RunReport = {
    ...small,
    status: { run, state: "done", rules: [], failures: [], seconds: 1, secondsLeft: null, atLeast: false },
    runs: times(500).map(() => ({ run, made: 1e6 })),
    rules: rules.map((rule) => ({
      ...{ rule, jobs: 4e6, states },
      code: {
        kind: "shell command" as const,
        text: `${"c".repeat(300)}\n`.repeat(1_000),
        prefix: "p".repeat(5_000),
        modules: times(500).map(() => path),
      },
      ...{ wall: costsOf(rule), cpu: costsOf(rule), memory: costsOf(rule) },
    })),
    graph: {
      nodes: times(100).map((i) => ({
        title: `${path}${i}`,
        lines: [],
        dashed: false,
        colour: [i, 100] as const,
      })),
      edges: times(99).map((i) => [i, i + 1] as const),
    },
    timeline: {
      stretches: times(500).map((i) => ({ from: i * 1e6, to: i * 1e6 + 1e5 })),
      seconds: 5e4,
      lanes: rules.map((rule) => ({ rule, jobs: 1e6, from: 1, to: 2, running, waiting: running })),
    },
    waits: new Map(
      rules.map((rule) => [rule, { lastFor: { rule: path, jobs: 1e5 }, median: 1e5, max: 1e6 }]),
    ),
    chain: times(500).map((i) => ({
      ...{ name: path, path, log: path, ready: i * 1e6, seconds: 1 },
      made: { rule: path, job: i, start: i * 1e6, end: (i + 1) * 1e6, cpu: 1, memory: 1, waitedFor: i - 1 },
    })),
    distributions: { time: distribution, cpu: distribution, memory: distribution },
    shown: times(mostCategories).map((i) => ({
      ...{ name: `${path}${i}`, count: 1e6 },
      outputs: times(mostOutputs).map(() => ({
        ...{ path, rule: path, caption: path, preview: null },
        stands: { size: 1, mtime: 1, entries: null },
      })),
    })),
    failures: times(500).map(() => ({
      count: 1e6,
      place: 0,
      latest: { path, rule: path, at: 1, error: `${"e".repeat(5_000)}\n`.repeat(100), log: path },
    })),
    targets: {
      count: 1e6,
      missing: 1e5,
      bytes: 1e12,
      shown: times(30).map((i) => ({
        path,
        stands: { size: 1, mtime: 1, entries: null },
        preview:
          i < 4
            ? {
                kind: "table" as const,
                columns: row,
                rows: times(limits.rows).map(() => row),
                moreColumns: 9,
                moreRows: true,
              }
            : i < 6
              ? {
                  kind: "image" as const,
                  type: "image/png",
                  base64: "A".repeat(((limits.images / 2) * 4) / 3),
                }
              : null,
      })),
    },
    config: {
      ofRun: JSON.stringify(Object.fromEntries(times(5_000).map((i) => [`${path}${i}`, path]))),
      since: times(500).map((i) => ({ name: `${path}${i}`, before: path, after: "x".repeat(5_000) })),
    },
  };
  const page = await reportPage(report);
  expect(page).toContain("400 more rules not shown");
  expect(page).toContain("475 more rules not shown");
  expect(page).toContain("and 480 more keys");
  expect(page).toContain("other errors");
  expect(page.length).toBeLessThan(2_000_000);
});

test("a graph that nobody could read is left out, with what draws it", async () => {
  const report = hostileReport();
  const node = { title: "one", lines: [], dashed: true, colour: [0, 1] as const };
  const page = await reportPage({ ...report, graph: { nodes: Array(101).fill(node), edges: [] } });
  expect(page).toContain("The graph of 101 rules and 0 edges is too large to be read here");
});

test("where no run is recorded the page says so", async () => {
  const rules = [{ rule: "one", jobs: 1, states: { ...none, missing: 1 }, code: null }];
  const page = await reportPage(runReport(inspectionOf({ rules })));
  expect(page).toContain('<p id="state">No run is recorded here.</p>');
  expect(page).not.toContain('<h2 id="config">');
  expect(page).toContain("1 job in the plan");
});
