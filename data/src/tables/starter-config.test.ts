import { expect, it } from "vitest";
import { sharedDays, starterConfig, trainDays, whyUnusable } from "./starter-config.ts";

const drivers = ["prcp_mm", "tmax_c"];

it("shares the days of a long record out by water years", () => {
  const text = starterConfig({ by: "a test", drivers, from: "1980-10-01", to: "2014-09-30" });
  expect(text).toContain("drivers: [prcp_mm, tmax_c]");
  expect(text).toContain("train: 1980-10-01..2000-09-30\n");
  expect(text).toContain("validation: 2000-10-01..2007-09-30\n");
  expect(text).toContain("test: 2007-10-01..2014-09-30\n");
  // Factors are chosen on validation and judged on test.
  expect(text).toContain("evaluate: [validation, test]\n");
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

it("lists the sites that can be used where some cannot, and says which and why", () => {
  const ten = { by: "a test", drivers, from: "2018-01-01", to: "2018-01-10" };
  const why = "no discharge_cms from 2018-01-01 to 2018-01-06";
  const of = (...sites: { site: string; why: string | null }[]) => starterConfig({ ...ten, sites });
  const good = (site: string) => ({ site, why: null });
  expect(starterConfig(ten)).toContain("    sites: all\n");
  expect(of(good("01"), good("02"))).toContain("experiments:\n  expA:\n    sites: all\n");
  expect(of(good("01"), { site: "02", why }, good("03"))).toContain(
    `    # Left out, because no model can learn from them:\n    # 02: ${why}\n    sites: ["01", "03"]\n`,
  );
  expect(of({ site: "02", why })).toContain(
    `    # No model can learn from any of the sites:\n    # 02: ${why}\n    sites: all\n`,
  );
  const ids = Array.from({ length: 21 }, (_, i) => String(i + 10));
  const long = of(...ids.map(good), { site: "99", why });
  const listed = /sites: (\[[^\]]*\])/.exec(long)![1]!;
  expect(JSON.parse(listed.replace(/,\s*\]/, "]"))).toEqual(ids);
  expect(listed.split("\n")).toHaveLength(5);
});

it("a site can be used where its flow is seen on the days to learn from, and varies", () => {
  const train = trainDays({ from: "2018-01-01", to: "2018-01-10" });
  expect(train).toEqual({ from: "2018-01-01", to: "2018-01-06" });
  const flows = (...texts: string[]) => texts.map((flow, i) => [`2018-01-0${i + 4}`, flow] as const);
  expect(whyUnusable(flows("", "1", "2"), train)).toBeNull();
  expect(whyUnusable([], train)).toBe("no discharge_cms from 2018-01-01 to 2018-01-06");
  expect(whyUnusable(flows("", "", "", "1", "2"), train)).toBe(
    "no discharge_cms from 2018-01-01 to 2018-01-06",
  );
  expect(whyUnusable(flows("1", "", "1.0", "2"), train)).toBe(
    "discharge_cms is always the same from 2018-01-01 to 2018-01-06",
  );
});
