import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { baseStyle } from "./base-style.ts";
import { colours } from "./colours.ts";

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const full = colour.length === 4 ? colour.replace(/[\da-f]/g, "$&$&") : colour;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test("the contrast is right", () => {
  expect(contrast("#fff", "#000000")).toBeCloseTo(21, 6);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test.each(["text", "faint", "link", "failed"])(
  "text in --%s can be read on both grounds, light and dark",
  (name) => {
    const of = (variable: string) =>
      [...baseStyle.matchAll(new RegExp(`--${variable}: (#[\\da-f]+);`, "g"))].map(([, colour]) => colour!);
    const colours = of(name);
    expect(colours).toHaveLength(2);
    for (const ground of [of("ground"), of("panel")])
      colours.forEach((colour, scheme) => {
        expect(contrast(colour, ground[scheme]!)).toBeGreaterThanOrEqual(4.5);
      });
  },
);

test.each(["better", "worse", "same"])("the verdict --%s stands out of its panel, light and dark", (name) => {
  const style = readFileSync(new URL("../report/page/style/ground.css", import.meta.url), "utf8");
  const found = [...style.matchAll(new RegExp(`--${name}: (#[\\da-f]+);`, "g"))].map(([, colour]) => colour!);
  expect(found).toHaveLength(2);
  expect(contrast(found[0]!, colours.light.panel)).toBeGreaterThanOrEqual(3);
  expect(contrast(found[1]!, colours.dark.panel)).toBeGreaterThanOrEqual(3);
});
