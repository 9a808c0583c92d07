import { expect, test } from "vitest";
import { bestWords } from "./best-words.ts";

const finding = (...sites: number[]) =>
  bestWords(sites.map((n, i) => ({ factor: String([0, 1, 10][i]), sites: n })));

test("the factor of most sites is named, and single-task learning beside it", () => {
  expect(finding(2, 5, 1)).toBe("Factor 1 is best at 5 of 8 sites, single-task learning at 2.");
  expect(finding(5, 2, 1)).toBe("Factor 0 is best at 5 of 8 sites.");
});

test("factors that share the first place are all named", () => {
  expect(finding(31, 31, 20)).toBe("Factors 0 and 1 are each best at 31 of 82 sites.");
  expect(finding(1, 3, 3)).toBe("Factors 1 and 10 are each best at 3 of 7 sites, single-task learning at 1.");
  expect(finding(1, 1, 1)).toBe("Factors 0, 1 and 10 are each best at 1 of 3 sites.");
});
