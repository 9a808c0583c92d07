import { expect, test } from "vitest";
import { fileLink } from "./links.ts";

test("no name of a file is read as a scheme, a query or markup", () => {
  for (const [path, href] of [
    ["javascript:alert(1)", "./javascript%3Aalert(1)"],
    ["a?b#c/%.csv", "./a%3Fb%23c/%25.csv"],
    ['x"><script>', "./x%22%3E%3Cscript%3E"],
  ] as const)
    expect(fileLink("./", path).html).toContain(`<a href="${href}">`);
});
