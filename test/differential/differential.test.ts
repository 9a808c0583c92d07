/**
 * Which jobs run after an edit: the real Snakemake is the judge. 30 random cases here, any number by
 * `pnpm test:differential`.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { drawCase } from "./case.ts";
import { compare } from "./compare.ts";
import { type Snakemake, snakemakeVersion, startSnakemake } from "./snakemake.ts";

const version = snakemakeVersion();
const cases = 30;

test.runIf(process.env.CI === "true")("Snakemake is there to compare with", () => {
  expect(version, "apt-get install snakemake").not.toBeNull();
});

describe.skipIf(version === null)(`beside Snakemake ${version ?? "(skipped: not installed)"}`, () => {
  let snakemake: Snakemake;
  beforeAll(() => {
    snakemake = startSnakemake();
  });
  afterAll(() => snakemake.close());

  test(`after random edits of ${cases} random workflows the same jobs run`, {
    timeout: 600_000,
  }, async () => {
    for (let seed = 1; seed <= cases; seed++) {
      const difference = await compare(drawCase(seed), snakemake);
      expect(difference, `pnpm test:differential --cases 1 --seed ${seed}`).toBeNull();
    }
  });
});
