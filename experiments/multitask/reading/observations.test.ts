import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { checkQualifiers, observationsOf, observed } from "./observations.ts";

function obsFile(text: string): string {
  const file = join(newFolder(), "obs_file.csv");
  writeFileSync(file, text);
  return file;
}

describe("observations", () => {
  const withCodes =
    "site_id,date,q,q_qualifiers,t\n01,2000-01-01,1,A,5\n01,2000-01-02,2,A:e,\n01,2000-01-03,3,P Ice,7\n01,2000-01-04,,A,8\n";

  test("lose the values that carry a masked code, and say why", async () => {
    const record = await observationsOf(obsFile(withCodes), "01", ["q", "t"]);
    const { values, reasons } = observed(record, "q", ["e", "Ice"]);
    expect(values).toEqual(Float64Array.of(1, Number.NaN, Number.NaN, Number.NaN));
    expect(reasons).toEqual([null, "qualifier e", "qualifier Ice", "not observed"]);
    expect(record.numbers.q).toEqual(Float64Array.of(1, 2, 3, Number.NaN));
  });

  test("keep them where nothing is to be masked, or no codes are known", async () => {
    const record = await observationsOf(obsFile(withCodes), "01", ["q", "t"]);
    expect(observed(record, "q", []).values).toEqual(Float64Array.of(1, 2, 3, Number.NaN));
    expect(observed(record, "t", ["e"]).reasons).toEqual([null, "not observed", null, null]);
  });

  test("are kept in memory until the file changes", async () => {
    const file = obsFile("site_id,date,q\n01,2000-01-01,1\n");
    const first = await observationsOf(file, "01", ["q"]);
    expect(await observationsOf(file, "01", ["q"])).toBe(first);
    writeFileSync(file, "site_id,date,q\n01,2000-01-01,1\n01,2000-01-02,2\n");
    expect((await observationsOf(file, "01", ["q"])).days).toHaveLength(2);
  });

  test("of a site that the file lacks are an error", async () => {
    await expect(observationsOf(obsFile("site_id,date,q\n01,2000-01-01,1\n"), "02", ["q"])).rejects.toThrow(
      'Cannot read site "02"',
    );
  });

  test("cannot be masked by codes that no column has", () => {
    expect(() => checkQualifiers("obs_file.csv", ["site_id", "date", "q"], ["q"], ["Ice"])).toThrow(
      /Cannot mask qualifiers "Ice": "obs_file.csv" has no column of them\n {2}looked for {3}q_qualifiers/,
    );
    expect(() => checkQualifiers("obs_file.csv", ["site_id", "date", "q"], ["q"], [])).not.toThrow();
  });
});
