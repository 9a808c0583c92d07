import { expect, test } from "vitest";
import { booking, localThreads } from "./booking.ts";

test("what runs never books more than there is", () => {
  const booked = booking(4, new Map([["disk", 2]]));
  booked.take({ threads: 3, disk: 1 });
  expect(booked.fits({ threads: 1, disk: 1 })).toBe(true);
  expect(booked.fits({ threads: 2 })).toBe(false);
  expect(booked.fits({ threads: 1, disk: 2 })).toBe(false);
});

test("what asks for more than there is runs by itself", () => {
  const booked = booking(4, new Map([["disk", 2]]));
  expect(booked.fits({ threads: 1, disk: 5 })).toBe(true);
  booked.take({ threads: 1, disk: 1 });
  expect(booked.fits({ threads: 1, disk: 5 })).toBe(false);
});

test("no thread is booked by a call that wants none", () => {
  const booked = booking(1, new Map());
  booked.take({ threads: 1 });
  expect(booked.fits({ threads: 0 })).toBe(true);
});

test("devices go to one call each, the lowest free first", () => {
  const booked = booking(8, new Map([["gpu", 3]]));
  const first = booked.take({ gpu: 2 });
  expect(first).toEqual([0, 1]);
  expect(booked.take({ gpu: 1 })).toEqual([2]);
  expect(booked.fits({ gpu: 1 })).toBe(false);
  booked.give({ gpu: 2 }, first);
  expect(booked.take({ gpu: 1 })).toEqual([0]);
});

test("there is one device where nobody says how many", () => {
  const booked = booking(8, new Map());
  booked.take({ gpu: 1 });
  expect(booked.fits({ gpu: 1 })).toBe(false);
});

test("a call gets no device that there is not, where somebody says how many there are", () => {
  expect(booking(8, new Map([["gpu", 2]])).take({ gpu: 4 })).toEqual([0, 1]);
  expect(booking(8, new Map()).take({ gpu: 4 })).toEqual([0, 1, 2, 3]);
});

test("a resource without a limit never holds a call back", () => {
  const booked = booking(8, new Map());
  booked.take({ mem_mb: 1_000_000 });
  expect(booked.fits({ mem_mb: 1_000_000 })).toBe(true);
});

test("threads of this machine, where jobs run elsewhere, are another thing than tasks", () => {
  const book = booking(1, new Map([[localThreads, 2]]));
  book.take({ threads: 1 });
  expect([book.fits({ threads: 1 }), book.fits({ [localThreads]: 2 })]).toEqual([false, true]);
  book.take({ [localThreads]: 2 });
  expect(book.fits({ [localThreads]: 1 })).toBe(false);
});
