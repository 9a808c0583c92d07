import { describe, expect, test } from "vitest";
import {
  biasRatio,
  correlation,
  fewestObservations,
  highFlowBias,
  kge,
  logNse,
  lowFlowBias,
  meanBias,
  noScores,
  nse,
  rmse,
  score,
  variabilityRatio,
} from "./metrics.ts";
import { percentile } from "./percentiles.ts";

const of = (...values: number[]) => Float64Array.from(values);

describe("by hand", () => {
  const o = of(1, 2, 3, 4);
  const p = of(2, 2, 2, 6);

  test("rmse and bias", () => {
    // errors 1, 0, -1, 2: squares sum to 6, the errors to 2
    expect(rmse(o, p)).toBeCloseTo(Math.sqrt(6 / 4), 15);
    expect(meanBias(o, p)).toBe(0.5);
    expect(rmse(of(), of())).toBeNull();
  });

  test("nse: 1 for the truth, 0 for the mean, 1 - 6/5 here", () => {
    expect(nse(o, o)).toBe(1);
    expect(nse(o, of(2.5, 2.5, 2.5, 2.5))).toBe(0);
    expect(nse(o, p)).toBeCloseTo(1 - 6 / 5, 15);
  });

  test("r, alpha, beta and kge of doubled flows", () => {
    const doubled = o.map((value) => 2 * value);
    expect(correlation(o, doubled)).toBeCloseTo(1, 15);
    expect(variabilityRatio(o, doubled)).toBe(2);
    expect(biasRatio(o, doubled)).toBe(2);
    expect(kge(o, doubled)).toBeCloseTo(1 - Math.SQRT2, 15);
    expect(kge(o, o)).toBeCloseTo(1, 15);
  });

  test("what is not defined is null", () => {
    const constant = of(3, 3, 3);
    expect(nse(constant, of(1, 2, 3))).toBeNull();
    expect(correlation(of(1, 2, 3), constant)).toBeNull();
    expect(variabilityRatio(constant, of(1, 2, 3))).toBeNull();
    expect(biasRatio(of(-1, 0, 1), of(1, 1, 1))).toBeNull();
    expect(kge(constant, of(1, 2, 3))).toBeNull();
    expect(nse(new Float64Array(20).fill(0.1), new Float64Array(20).fill(0.3))).toBeNull();
    expect(nse(of(0, 0, 0), of(0, 0, 1))).toBeNull();
  });

  test("percentiles are NumPy's", () => {
    // np.percentile([15, 20, 35, 40, 50], [0, 10, 37, 50, 90, 100])
    const values = of(40, 15, 50, 20, 35).toSorted();
    expect([0, 10, 37, 50, 90, 100].map((q) => percentile(values, q))).toEqual([15, 17, 27.2, 35, 46, 50]);
  });

  test("high flows: 2 % of 100 days are the two highest, sorted apart", () => {
    const days = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    const predicted = days.toReversed();
    predicted[0] = 110;
    expect(highFlowBias(days, predicted)).toBeCloseTo((100 * (110 + 99 - 199)) / 199, 12);
    expect(highFlowBias(days.subarray(0, 24), days.subarray(0, 24))).toBeNull();
  });

  test("low flows: the log slope of the lowest 30 %, too steep is negative", () => {
    // With epsilon 1 and ten days, three lowest: ln of 1, e, e^2 above the minimum gives 0 + 1 + 2.
    const flows = (slope: number) =>
      of(0, Math.E ** slope - 1, Math.E ** (2 * slope) - 1, ...Array(7).fill(1e6));
    expect(lowFlowBias(flows(1), flows(2), 1)).toBeCloseTo(-100, 9);
    expect(lowFlowBias(flows(2), flows(1), 1)).toBeCloseTo(50, 9);
    expect(lowFlowBias(new Float64Array(10), flows(1), 1)).toBeNull();
  });

  test("log-NSE is the NSE of ln(q + epsilon)", () => {
    const logs = (...values: number[]) => Float64Array.from(values, (value) => Math.exp(value) - 0.5);
    expect(logNse(logs(1, 2, 3, 4), logs(2, 2, 2, 6), 0.5)).toBeCloseTo(1 - 6 / 5, 12);
    expect(logNse(o, p, 0)).toBeNull();
  });
});

describe("all scores of a hundred days", () => {
  // Made in Python with NumPy 2.4 and the definitions of neuralhydrology.evaluation.metrics (fdc_fhv, fdc_flv).
  const o = Float64Array.from({ length: 100 }, (_, i) => ((i * 37) % 101) / 10);
  const p = o.map((value, i) => value * 0.9 + ((i * 53) % 17) / 10 - 0.5);
  const expected = {
    rmse: 0.6024234391190302,
    nse: 0.9576292637046356,
    r: 0.9834227124021693,
    alpha: 0.9177510659083142,
    mean_bias: -0.21059999999999987,
    n_top: 10,
    rmse_top: 0.8540784507292053,
    bias_top: -0.7049999999999995,
    n_bottom: 10,
    rmse_bottom: 0.5972018084366456,
    bias_bottom: 0.31500000000000006,
  };
  const ofDischarge = {
    kge: 0.9060651032097937,
    beta: 0.9577617328519855,
    fhv: -4.5226130653266265,
    flv: -3.7672639586238788,
    log_nse: 0.9177934385790716,
    n_negative: 1,
  };

  test("of discharge agree with NumPy", () => {
    const scores = score(o, p, 0.05);
    for (const [name, value] of Object.entries({ ...expected, ...ofDischarge }))
      expect(scores[name as keyof typeof scores], name).toBeCloseTo(value, 12);
  });

  test("of another variable leave out what needs a true zero", () => {
    const scores = score(o, p, null);
    for (const [name, value] of Object.entries(expected))
      expect(scores[name as keyof typeof scores], name).toBeCloseTo(value, 12);
    for (const name of Object.keys(ofDischarge)) expect(scores[name as keyof typeof scores], name).toBeNull();
  });
});

describe("few or equal observations", () => {
  test("ten are not scored, eleven are", () => {
    const days = (n: number) => Float64Array.from({ length: n }, (_, i) => i + 1);
    expect(fewestObservations).toBe(11);
    expect(score(days(10), days(10), 0.1)).toEqual(noScores);
    expect(score(days(11), days(11), 0.1)).toMatchObject({
      rmse: 0,
      nse: 1,
      n_top: 1,
      n_bottom: 1,
      fhv: null,
    });
  });

  test("equal observations have an rmse, but no nse and no extremes", () => {
    const scores = score(new Float64Array(20).fill(2), new Float64Array(20).fill(3), 0.1);
    expect(scores).toMatchObject({
      rmse: 1,
      nse: null,
      kge: null,
      r: null,
      n_top: 0,
      rmse_top: null,
      bias_top: null,
    });
    expect(scores.log_nse).toBeNull();
  });
});
