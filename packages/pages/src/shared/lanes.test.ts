import { expect, test } from "vitest";
import { html } from "./html.ts";
import { lanes, marksThatFit, stepArea, timeTicks } from "./lanes.ts";

test("steps: equal neighbours are one, and a small value is still visible", () => {
  expect(stepArea([0, 1, 1, 0.001], 20, 18)).toBe("M0,20H60V2H180V19H240V20Z");
  expect(stepArea([0.5, 0], 20, -10)).toBe("M0,20H0V25H120V20H240V20Z");
});

test("marks of time are whole and few", () => {
  expect(timeTicks(4.9).map(({ text }) => text)).toEqual(["0", "1 s", "2 s", "3 s", "4 s"]);
  expect(timeTicks(3_600).map(({ text }) => text)).toEqual(["0", "20 min", "40 min", "1 h"]);
  expect(timeTicks(0.004).map(({ text }) => text)).toEqual(["0", "1 ms", "2 ms", "3 ms", "4 ms"]);
  for (const seconds of [0.001, 0.5, 7, 61, 4_000, 1e5, 1e7, 1e9]) {
    const ticks = timeTicks(seconds);
    expect(ticks.length).toBeLessThan(8);
    for (const { at } of ticks) expect(at).toBeLessThanOrEqual(1);
  }
});

test("a figure says what it finds, and each lane says what it shows; names are text", () => {
  const { html: text } = lanes({
    ...{ id: "f", title: "Pace", finding: "All <b>done</b>.", caption: "How to read it.", axis: "time" },
    ...{
      ticks: [{ at: 0, text: "0" }],
      first: "Rule",
      columns: [{ head: "Jobs", number: true }],
      height: 30,
    },
    rows: [{ name: "<i>train</i>", drawing: html`<path d="M0,0"/>`, label: "train: 3 jobs", cells: ["3"] }],
  });
  expect(text).toContain(
    "<figcaption><strong>All &lt;b&gt;done&lt;/b&gt;.</strong> How to read it.</figcaption>",
  );
  expect(text).toContain('role="img" aria-label="train: 3 jobs"');
  expect(text).toContain('<th scope="row">&lt;i&gt;train&lt;/i&gt;</th>');
});

test("marks that would run into each other are left out: each second, third or fourth stays", () => {
  const texts = ["1 ms", "3 ms", "10 ms", "30 ms", "100 ms", "300 ms", "1.0 s", "3.0 s", "10 s"];
  const ticks = texts.map((text, i) => ({ at: i / 8, text }));
  const shown = (width: number) => [...marksThatFit(ticks, width)].map((i) => texts[i]);
  expect(shown(600)).toEqual(texts);
  expect(shown(340)).toEqual(["1 ms", "10 ms", "100 ms", "1.0 s", "10 s"]);
  expect(shown(0)).toEqual(["1 ms", "30 ms", "1.0 s"]);
  const crowded = [
    { at: 0, text: "-1 min 10 s" },
    { at: 0.14, text: "-1 min" },
    { at: 1, text: "now" },
  ];
  expect([...marksThatFit(crowded, 240)]).toEqual([0, 2]);
});
