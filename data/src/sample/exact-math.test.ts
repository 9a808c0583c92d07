import { describe, expect, it } from "vitest";
import { cos, exp, log, power, round, sin } from "./exact-math.ts";

describe("exact math agrees with the engine's own to twelve digits", () => {
  const relative = (ours: number, theirs: number) =>
    Math.abs(ours - theirs) / Math.max(Math.abs(theirs), 1e-300);

  it("exp from -50 to 50", () => {
    for (let x = -50; x <= 50; x += 0.137) expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-12);
  });

  it("log from 1e-9 to 1e9", () => {
    for (let x = 1e-9; x < 1e9; x *= 1.37) expect(Math.abs(log(x) - Math.log(x))).toBeLessThan(1e-12);
  });

  it("cos and sin over three turns", () => {
    for (let x = -10; x <= 10; x += 0.01) {
      expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-12);
      expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-12);
    }
  });

  it("power", () => expect(relative(power(3.7, 0.4), 3.7 ** 0.4)).toBeLessThan(1e-12));

  it("rounding keeps the decimals asked for", () => expect(round(19.0549, 2)).toBe(19.05));
});
