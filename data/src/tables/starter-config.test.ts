import { expect, it } from "vitest";
import { sharedDays, starterConfig } from "./starter-config.ts";

const drivers = ["prcp_mm", "tmax_c"];

it("shares the days of a long record out by water years", () => {
  const text = starterConfig({ by: "a test", drivers, from: "1980-10-01", to: "2014-09-30" });
  expect(text).toContain("drivers: [prcp_mm, tmax_c]");
  expect(text).toContain("train: 1980-10-01..2000-09-30\n");
  expect(text).toContain("validation: 2000-10-01..2007-09-30\n");
  expect(text).toContain("test: 2007-10-01..2014-09-30\n");
  expect(text).not.toContain("less than five years");
});

it("of a short one by days, and warns of the seasons", () => {
  const text = starterConfig({ by: "a test", drivers, from: "2018-01-01", to: "2018-01-10" });
  expect(text).toContain("train: 2018-01-01..2018-01-06\n");
  expect(text).toContain("validation: 2018-01-07..2018-01-08\n");
  expect(text).toContain("test: 2018-01-09..2018-01-10\n");
  expect(text).toContain("With less than five years");
});

it("takes the days that all sites share", () => {
  const long = { from: "2000-01-01", to: "2003-12-31" };
  expect(sharedDays([long, { from: "2000-10-01", to: "2002-12-31" }])).toEqual({
    from: "2000-10-01",
    to: "2002-12-31",
  });
  expect(sharedDays([long, { from: "2004-01-01", to: "2005-12-31" }])).toBeNull();
  expect(sharedDays([])).toBeNull();
});
