import { expect, test } from "vitest";
import { exampleReport, result } from "../testing/example-report.ts";
import { packReport, unpackReport } from "./packed-report.ts";
import type { Report } from "./report.ts";

const verdicts = exampleReport.verdicts!;
const bySite = {
  ...verdicts.answer!.bySite,
  "03": result(null, [null, null, null], "refused", "too few seeds"),
};
const report: Report = {
  ...exampleReport,
  verdicts: { ...verdicts, answer: { test: "chosen_factor", bySite } },
};

test("a packed report is the report again, through a file", () => {
  const stored = JSON.stringify(packReport(report));
  expect(unpackReport(JSON.parse(stored))).toEqual(report);
  expect(stored.match(/"slope"/g)).toHaveLength(1);
});

test("so is one without tests, and one whose tests answer nothing", () => {
  for (const changed of [null, { ...verdicts, answer: null }])
    expect(unpackReport(packReport({ ...report, verdicts: changed }))).toEqual({
      ...report,
      verdicts: changed,
    });
});
