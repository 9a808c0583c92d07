import { expect, test } from "vitest";
import { asSqueue } from "./jobs.ts";

test("scontrol's lines become squeue's, a line per task of what waits together", () => {
  const job = (index: string) =>
    `JobId=18 ArrayJobId=17 ArrayTaskId=${index} JobName=braid-r UserId=me(1) JobState=PENDING Reason=Resources Dependency=(null) SubmitTime=2026-01-01T10:00:00 EligibleTime=Unknown`;
  const lines = (index: string) =>
    asSqueue(`${job(index)}\n`)
      .split("\n")
      .filter(Boolean);
  expect(lines("3")).toEqual(["17|3|braid-r|PENDING|Resources|2026-01-01T10:00:00|"]);
  const indices = (text: string) => lines(text).map((line) => line.split("|")[1]);
  expect(indices("0-2,7%2")).toEqual(["0", "1", "2", "7"]);
  expect(indices("0-6:3")).toEqual(["0", "3", "6"]);
  expect(indices("N/A")).toEqual([]);
});
