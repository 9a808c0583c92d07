import { expect, test } from "vitest";
import { dayTicks } from "./day-ticks.ts";

const days = (n: number) => Array.from({ length: n }, (_, day) => 18_000 + day);

test("an axis of a few days is marked at each, never between them", () => {
  expect(dayTicks(days(6), 1_000)).toEqual({ ticks: "day" });
  expect(dayTicks(days(1), 300)).toEqual({ ticks: "day" });
});

test("an axis of more days than there is room for is marked as the scale thinks best", () => {
  expect(dayTicks(days(6), 300)).toEqual({});
  expect(dayTicks(days(365), 1_000)).toEqual({});
});
