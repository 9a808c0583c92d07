import { expect, test } from "vitest";
import { count, duration, fileSize, median, megabytes, moment, rate } from "./quantities.ts";

test.each([
  [0, "0.0 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.4, "59 s"],
  [200, "3 min 20 s"],
  [3_600, "1 h"],
  [7_500, "2 h 5 min"],
  [273_600, "3 d 4 h"],
])("%d seconds are %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [1_234, "1,234/s"],
  [10, "10/s"],
  [0.42, "0.4/s"],
  [0.05, "3.0/min"],
  [0.001, "3.6/h"],
])("%d jobs a second are %s", (pace, text) => {
  expect(rate(pace)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [30_580, "30.6 kB"],
  [999_999, "1,000 kB"],
  [120e9, "120 GB"],
  [5e15, "5,000 TB"],
])("%d bytes of a file are %s", (bytes, text) => {
  expect(fileSize(bytes)).toBe(text);
});

test("numbers of things have commas, and one has no plural", () => {
  expect([count(0, "job"), count(1, "job"), count(27_270, "job")]).toEqual([
    "0 jobs",
    "1 job",
    "27,270 jobs",
  ]);
});

test("the median of an even number of values is the mean of the two in the middle, and of none it is no number", () => {
  expect([median([5]), median([10, 1, 2]), median([4, 1, 2, 10])]).toEqual([5, 2, 3]);
  expect(median([])).toBeNaN();
});

test("memory is in millions of bytes", () => {
  expect([400_000, 12_345_678, 1_250_000_000].map(megabytes)).toEqual(["0.4", "12", "1,250"]);
});

test("a moment is that of the clock on the wall", () => {
  expect(moment(new Date(2026, 0, 31, 14, 5, 9).getTime())).toBe("2026-01-31 14:05:09");
});
