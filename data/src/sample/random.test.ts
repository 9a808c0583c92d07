import { describe, expect, it } from "vitest";
import { randomStream } from "./random.ts";

describe("a random stream", () => {
  it("gives the same numbers for the same name and others for another", () => {
    const draw = (name: string) => {
      const stream = randomStream(name);
      return Array.from({ length: 5 }, () => stream.uniform());
    };
    expect(draw("1/01022500/weather")).toEqual(draw("1/01022500/weather"));
    expect(draw("1/01022500/weather")).not.toEqual(draw("1/01022501/weather"));
  });

  it("has the moments of its distributions and no memory", () => {
    const stream = randomStream("moments");
    const n = 200_000;
    const normal = Float64Array.from({ length: n }, () => stream.normal());
    const mean = normal.reduce((a, b) => a + b, 0) / n;
    const variance = normal.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    let lagged = 0;
    for (let i = 1; i < n; i++) lagged += normal[i]! * normal[i - 1]!;
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(Math.abs(lagged / n)).toBeLessThan(0.01);
    const uniform = Array.from({ length: n }, () => stream.uniform());
    expect(Math.abs(uniform.reduce((a, b) => a + b, 0) / n - 0.5)).toBeLessThan(0.005);
    expect(Math.min(...uniform.slice(0, 1e4))).toBeGreaterThan(0);
  });
});
