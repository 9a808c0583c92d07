/** Jobs that wait again, since something that they read was removed and is to be made first. */
import { expect, test } from "vitest";
import { temp } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

/** What began and ended in the last run, in order. */
const order = (events: readonly { readonly kind: string }[]) =>
  events.flatMap((event) =>
    "rule" in event && ["started", "done", "cut off"].includes(event.kind)
      ? [`${event.kind} ${event.rule}`]
      : [],
  );

test("of two jobs that get ready together, both wait for the removed file that the first turns out to need", async () => {
  const b = bench({ "2.src": "0", "0.src": "0", "1.src": "1" });
  const rules = {
    all: rule({ input: ["3.out", "4.out", "2.out"] }),
    r2: joining(b.disk, "2.src", "2.out"),
    r0: joining(b.disk, "0.src", "0.out"),
    r1: joining(b.disk, "1.src", temp("1.out")),
    r3: joining(b.disk, ["1.out", "0.out"], temp("3.out")),
    r4: joining(b.disk, ["1.out", "0.out"], "4.out"),
  };
  await b.run(rules);
  for (const source of ["0.src", "2.src"]) b.disk.write(source, "2");
  b.events.length = 0;
  await b.run(rules);
  const ran = order(b.events);
  for (const job of ["r3", "r4"])
    expect(ran.indexOf(`started ${job}`)).toBeGreaterThan(ran.indexOf("done r1"));
  expect(b.disk.text("4.out")).toBe("12");
});

test("jobs that were up to date and wait again wait for each other in order", async () => {
  const b = bench(Object.fromEntries([..."015"].map((n) => [`${n}.src`, n])));
  const rules = {
    all: rule({ input: ["6.out", "7.out"] }),
    r0: joining(b.disk, "0.src", temp("0.out")),
    r1: joining(b.disk, "1.src", temp("1.out")),
    r3: joining(b.disk, ["1.out", "0.out"], temp("3.out")),
    r4: joining(b.disk, "3.out", "4.out"),
    r5: joining(b.disk, ["5.src", "0.out"], temp("5.out")),
    r6: joining(b.disk, ["4.out", "3.out"], "6.out"),
    r7: joining(b.disk, ["5.out", "1.out"], "7.out"),
  };
  await b.run(rules);
  b.disk.write("5.src", "changed");
  b.events.length = 0;
  expect(await b.run(rules)).toMatchObject({ outcome: "done", left: 0 });
  expect(order(b.events).filter((event) => event.startsWith("cut off"))).toEqual(
    [...["r3", "r4", "r6"], ...["r3", "r4", "r6"]].map((job) => `cut off ${job}`),
  );
  expect(b.disk.text("7.out")).toBe("changed01");
});
