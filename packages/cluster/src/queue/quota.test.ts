import { expect, test } from "vitest";
import { quota } from "./quota.ts";

test("in any span no more than the limit is taken", () => {
  const three = quota({ tasks: 3, seconds: 10 });
  three.take(0, 2);
  expect([three.room(4_000), three.roomAt(4_000)]).toEqual([1, 4_000]);
  three.take(4_000, 1);
  expect([three.room(9_999), three.roomAt(9_999)]).toEqual([0, 10_000]);
  expect([three.room(10_000), three.roomAt(10_000)]).toEqual([2, 10_000]);
  three.take(10_000, 2);
  expect([three.room(13_999), three.roomAt(13_999), three.room(14_000)]).toEqual([0, 14_000, 1]);
});

test("without a limit there is always room", () => {
  const free = quota(undefined);
  free.take(0, 1_000_000);
  expect([free.room(0), free.roomAt(5)]).toEqual([Number.POSITIVE_INFINITY, 5]);
});
