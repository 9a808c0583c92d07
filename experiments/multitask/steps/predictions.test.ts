import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDay } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { readPredictions } from "./predictions.ts";

function read(text: string) {
  const file = join(newFolder(), "validation_preds.csv");
  writeFileSync(file, text);
  return readPredictions(file, ["q", "t"]);
}

describe("predictions", () => {
  test("are read by variable and day; an empty column is a head that was never trained", async () => {
    const { byVariable, backend } = await read(
      "site_id,date,q,t,backend\n01,2000-01-01,1.5,,wasm\n01,2000-01-02,-2e-7,,wasm\n",
    );
    expect(backend).toBe("wasm");
    expect(byVariable.t).toBeNull();
    expect([...byVariable.q!]).toEqual([
      [parseDay("2000-01-01"), 1.5],
      [parseDay("2000-01-02"), -2e-7],
    ]);
  });

  test.each([
    ["site_id,date,q,backend\n01,2000-01-01,1,wasm\n", 'it has no column "t"'],
    ["site_id,date,q,t,backend\n", "it has no days"],
    ["site_id,date,q,t,backend\n01,2000-01-01,1,x,wasm\n", '"t" of 2000-01-01 is "x", not a number'],
    [
      "site_id,date,q,t,backend\n01,2000-01-01,1,1,wasm\n01,2000-01-02,,1,wasm\n",
      '"q" of 2000-01-02 is "", not a number',
    ],
    ["site_id,date,q,t,backend\n01,2000-01-01,1,0x10,wasm\n", '"t" of 2000-01-01 is "0x10", not a number'],
    ["site_id,date,q,t,backend\n01,today,1,1,wasm\n", '"today" is not a date'],
  ])("%j is refused", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });
});
