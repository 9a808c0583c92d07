import { expect, test } from "vitest";
import { direction, goodness, propertyLabel, scoreLabel, variableLabel, variableName } from "./names.ts";

const report = { units: { discharge_cms: "m3 s-1", temp_c: "degree_Celsius", stage: null } };

test("scores have names, units and directions", () => {
  const words = (score: string, variable = "discharge_cms") =>
    `${scoreLabel(report, score, variable)}, ${direction(score)}`;
  expect(words("rmse")).toBe("RMSE (m³ s⁻¹), lower is better");
  expect(words("rmse", "temp_c")).toBe("RMSE (°C), lower is better");
  expect(words("rmse", "stage")).toBe("RMSE, lower is better");
  expect(words("nse")).toBe("NSE, higher is better");
  expect(words("fhv")).toBe("high-flow bias FHV (%), closer to 0 is better");
  expect(words("alpha")).toBe("variability ratio α, closer to 1 is better");
});

test("a variable is named without the unit that stands beside it", () => {
  expect(variableLabel(report, "discharge_cms")).toBe("discharge (m³ s⁻¹)");
  expect(variableName(report, "discharge_cms")).toBe("discharge");
  expect(variableLabel(report, "stage")).toBe("stage");
  expect(variableLabel(report, "temp_c")).toBe("water temperature (°C)");
});

test("of two values of a score, the better one is greater in goodness", () => {
  const better = (score: string, one: number, other: number) => goodness(score, one) > goodness(score, other);
  expect(better("nse", 0.8, 0.2)).toBe(true);
  expect(better("rmse", 1, 2)).toBe(true);
  expect(better("fhv", -5, 20)).toBe(true);
  expect(better("beta", 1.1, 0.8)).toBe(true);
});

test("a property is named with the unit that ends its column", () => {
  expect(propertyLabel("drain_area_sqmi")).toBe("drain area (mi²)");
  expect(propertyLabel("Elevation_M")).toBe("Elevation (m)");
  expect(propertyLabel("aridity_index")).toBe("aridity index");
  expect(propertyLabel("slope")).toBe("slope");
});
